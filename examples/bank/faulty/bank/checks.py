"""What must hold of every answer: plain functions of a request and what the pipeline gave for it."""

from bank.stand_ins import CUSTOMERS


def every_stage_answered(payment, output):
    return len(output) == 7


def decision_is_one_of_two(payment, output):
    assert output["decide"]["data"]["decision"] in ("hold", "release")


def what_is_settled_is_what_was_decided(payment, output):
    return output["settle"]["data"]["decision"] == output["decide"]["data"]["decision"]


def over_the_limit_is_held(payment, output):
    over = payment["amount"] > CUSTOMERS[payment["customer"]]["limit"]
    if over and output["settle"]["data"]["decision"] != "hold":
        return f"{payment['amount']} was released"
    return True


def amount_is_that_of_the_request(payment, output):
    return output["validate"]["data"]["amount"] == payment["amount"]
