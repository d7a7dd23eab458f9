"""`PromptSecurityPolicy`."""

from stageflow.agent import PromptSecurityError, PromptSecurityPolicy


class Binding:
    errors = {PromptSecurityError: "injected"}
    components = {
        "user": "stageflow.agent.security.PromptSecurityPolicy.build_user_message",
        "tool": "stageflow.agent.security.PromptSecurityPolicy.build_tool_message",
    }

    def __init__(self, settings, bench):
        limit = settings["limit"]
        self.policy = PromptSecurityPolicy(max_user_chars=limit, max_tool_chars=limit)

    async def perform(self, operation, arguments):
        closing = "</user_input>" if operation == "user" else "</tool_result>"
        text = (closing if arguments["closes"] else "") + arguments["text"]
        if operation == "user":
            message, _ = self.policy.build_user_message(text)
        else:
            names = {"tool_name": "look_up", "call_id": "call_1"}
            message, _ = self.policy.build_tool_message(payload={"found": text}, **names)
        return {"message": message["content"], "closing": closing}
