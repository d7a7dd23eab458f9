"""Redaction leaves more than 1 % of credit card numbers readable.
Law: Of every kind of personal data that the framework says it redacts, at least 99 % are hidden.
[guard/redaction-recall]
Expected, as promised: “- Credit card numbers” (stageflow/helpers/guardrails.py:177)
Actual on stageflow-core==1.2.0: 13 of 110 were left readable (11.8%; 1 % is allowed), such as
'340115393595835'.
Scenario: Pipeline: 1 stage: a (redact). One run, r0, whose input holds number, 110 messages.
Needs stageflow-core==1.2.0. Ends with 1: it shows; 0: it does not; 2: cannot tell.
"""
import sys

try:
    from stageflow.helpers.guardrails import PIIDetector
except ImportError as error:
    sys.exit(print("cannot tell:", error) or 2)

TEXTS = [  # text, what in it must not be left
    ('SSN 901449488 for the form. Phone: 3035550149 Please write to nikolai_lindqvist40@team-7.example.net. The request came from 2001:db8::9a95:8ea0:fd10:4e5f:37c8. Charge 340115393595835 again, please.', '340115393595835'),
    ('Contact: hana99@team-7.example.net Blocked client: 203.0.113.238 SSN 935-40-5312 for the form. Charge 3497 528671 77467 again, please. Call me at 702-555-0182.', '3497 528671 77467'),
    ('Charge 345924048030352 again, please. Blocked client: 203.0.113.165 My address is rosa_okafor38@team-7.example.net now. My social security number is 949-00-3030. Phone: 9195550132', '345924048030352'),
    ('SSN 957-13-0955 for the form. Blocked client: 198.51.100.21 Charge 3408-613661-87825 again, please. Call me at 702.555.0179. My address is a.santos17@team-7.example.net now.', '3408-613661-87825'),
    ('My number is 303-555-0142, after six. Blocked client: 203.0.113.174 SSN 921 50 8304 for the form. Charge 3485 309332 49515 again, please. Contact: karim+news57@example.org', '3485 309332 49515'),
    ('Card: 3743-715773-29355 SSN 965284357 for the form. The request came from 192.0.2.54. Please write to h.rossi99@team-7.example.net. Phone: 212-555-0191', '3743-715773-29355'),
    ('Charge 3764-275463-95444 again, please. My social security number is 980782213. Call me at 1-503-555-0116. Please write to olga_pereira63@mail.example.com. Blocked client: 2001:db8::a6bf:e999:2041:3939', '3764-275463-95444'),
    ('My social security number is 921-63-8470. Blocked client: 198.51.100.188 My address is nadia+news72@team-7.example.net now. Card: 3710-834639-01121 My number is 1-512-555-0172, after six.', '3710-834639-01121'),
    ('Call me at 6025550163. Please write to bruno_yilmaz62@example.org. SSN 969-56-3729 for the form. Charge 3460-450540-49521 again, please. The request came from 192.0.2.30.', '3460-450540-49521'),
    ('Blocked client: 203.0.113.32 My address is w.fischer7@mail.example.com now. Call me at 7135550178. SSN 915-22-7584 for the form. I paid with 371019664419646.', '371019664419646'),
    ('I paid with 3756-941320-37372. The request came from 192.0.2.156. Phone: 3125550195 Please write to aiko_quist13@team-7.example.net. My social security number is 968 12 7702.', '3756-941320-37372'),
    ('SSN 967-55-2876 for the form. Blocked client: 198.51.100.168 Contact: mateo+news89@example.org Charge 3471-200560-80086 again, please. Phone: 6025550129', '3471-200560-80086'),
    ('The request came from 192.0.2.221. Contact: marek_georgiou44@example.museum Card: 3757-624409-11016 Call me at 816 555 0190. SSN 946-59-1179 for the form.', '3757-624409-11016'),
]


def redact(text):
    return str(PIIDetector(redact=True).check(text).transformed_content)


left = [words for text, words in TEXTS if words in redact(text)]
print(f"{len(left)} of {len(TEXTS)} are left as they were: {left[:5]}")
sys.exit(1 if left else 0)
