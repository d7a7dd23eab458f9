"""Redaction leaves more than 1 % of IP addresses readable.
Law: Of every kind of personal data that the framework says it redacts, at least 99 % are hidden.
[guard/redaction-recall]
Expected, as promised: “- IP addresses” (stageflow/helpers/guardrails.py:178)
Actual on stageflow-core==1.2.0: 27 of 110 were left readable (24.5%; 1 % is allowed), such as
'2001:db8::9a95:8ea0:fd10:4e5f:37c8'.
Scenario: Pipeline: 1 stage: a (redact). One run, r0, whose input holds number, 110 messages.
Needs stageflow-core==1.2.0. Ends with 1: it shows; 0: it does not; 2: cannot tell.
"""
import sys

try:
    from stageflow.helpers.guardrails import PIIDetector
except ImportError as error:
    sys.exit(print("cannot tell:", error) or 2)

TEXTS = [  # text, what in it must not be left
    ('SSN 901449488 for the form. Phone: 3035550149 Please write to nikolai_lindqvist40@team-7.example.net. The request came from 2001:db8::9a95:8ea0:fd10:4e5f:37c8. Charge 340115393595835 again, please.', '2001:db8::9a95:8ea0:fd10:4e5f:37c8'),
    ('Contact: tomas1@example.museum My number is 303-555-0162, after six. The request came from 2001:db8::587b:52b8. Card: 5167-7060-2745-1376 SSN 938-62-9580 for the form.', '2001:db8::587b:52b8'),
    ('Blocked client: 2001:db8::2cfb:f7a6:b434:b8d8 Charge 4950208006039706 again, please. Call me at 1-512-555-0155. Please write to f.kowalski95@team-7.example.net. My social security number is 901 96 6264.', '2001:db8::2cfb:f7a6:b434:b8d8'),
    ('The request came from 2001:db8::7446:80e4:d89c:524d:24d0. Phone: 415 555 0124 Charge 5557156894126594 again, please. My social security number is 965-11-7729. Please write to e.abara19@team-7.example.net.', '2001:db8::7446:80e4:d89c:524d:24d0'),
    ('My social security number is 989-59-2661. Call me at 919.555.0190. Blocked client: 2001:db8::fba8:e47d:b655 My address is priya+news29@example.org now. Card: 4582 0337 9458 6908', '2001:db8::fba8:e47d:b655'),
    ('Blocked client: 2001:db8::64cf:4196 Call me at (702) 555-0103. Contact: emeka.quist99@team-7.example.net Charge 6011 0462 6355 1472 again, please. SSN 943 53 6122 for the form.', '2001:db8::64cf:4196'),
    ('I paid with 5160 8308 9797 2019. Phone: +1-303-555-0172 Blocked client: 2001:db8::e2df:c8d3:372a Please write to sami.rossi29@example.org. SSN 953914885 for the form.', '2001:db8::e2df:c8d3:372a'),
    ('Phone: 206 555 0168 Charge 5164-9166-9190-2579 again, please. Blocked client: 2001:db8::cbcc:9e31:6ace My address is luis.kowalski56@example.org now. SSN 916242497 for the form.', '2001:db8::cbcc:9e31:6ace'),
    ('Please write to chidi_haddad55@example.org. Phone: 1-404-555-0170 Card: 4927-7269-9682-6493 My social security number is 921-58-4671. Blocked client: 2001:db8::131a:d958:ab91:fcca', '2001:db8::131a:d958:ab91:fcca'),
    ('My social security number is 969784764. I paid with 4367 6059 9153 1596. The request came from 2001:db8::6a27:c1a3:9f4a:a65d. My address is p.ueda32@team-7.example.net now. Phone: +1-617-555-0143', '2001:db8::6a27:c1a3:9f4a:a65d'),
    ('Contact: o.ivanova62@example.museum The request came from 2001:db8::b34f:e393. Card: 5102-4999-9122-1714 My social security number is 940 49 2129. My number is +1-602-555-0182, after six.', '2001:db8::b34f:e393'),
    ('Charge 3764-275463-95444 again, please. My social security number is 980782213. Call me at 1-503-555-0116. Please write to olga_pereira63@mail.example.com. Blocked client: 2001:db8::a6bf:e999:2041:3939', '2001:db8::a6bf:e999:2041:3939'),
    ('My number is 512-555-0125, after six. Contact: mateo.yilmaz40@example.museum I paid with 4929-3556-1846-5379. Blocked client: 2001:db8::f24a:b3cb:a284 My social security number is 940 13 8938.', '2001:db8::f24a:b3cb:a284'),
    ('My address is viktor.eriksen83@example.org now. Phone: +1-617-555-0131 My social security number is 966-97-8195. The request came from 2001:db8::ceb:6dc4:40d8:608e:e109. Card: 5585-7624-4110-2198', '2001:db8::ceb:6dc4:40d8:608e:e109'),
    ('My number is 7025550179, after six. The request came from 2001:db8::e5ae:f240:144a:41f2. My social security number is 909 77 0873. Charge 6011-9354-2561-7272 again, please. My address is jonas81@example.museum now.', '2001:db8::e5ae:f240:144a:41f2'),
    ('My social security number is 941-61-5746. My address is femi+news69@mail.example.com now. Charge 4927007648486527 again, please. Phone: 816.555.0192 The request came from 2001:db8::f046:c914:14a9:ed62.', '2001:db8::f046:c914:14a9:ed62'),
    ('Blocked client: 2001:db8::b4b:321f:b002:74ae:c7e4 My social security number is 933110882. Card: 5123-0386-4350-3981 Contact: elif+news60@team-7.example.net Phone: 212.555.0138', '2001:db8::b4b:321f:b002:74ae:c7e4'),
    ('Contact: ivan.dubois89@example.museum My social security number is 979-17-3616. Charge 5589 3154 4434 5524 again, please. The request came from 2001:db8::a227:326a:bbcb:e0cf:3ab7. Phone: 6175550132', '2001:db8::a227:326a:bbcb:e0cf:3ab7'),
    ('Blocked client: 2001:db8::f8c4:8781:101d:9af:272c My address is femi18@team-7.example.net now. My number is 312.555.0178, after six. I paid with 5596-0575-3181-8077. My social security number is 992-31-7749.', '2001:db8::f8c4:8781:101d:9af:272c'),
    ('SSN 957-65-1854 for the form. Card: 6011686452360837 Blocked client: 2001:db8::8b31:5c1e:de02:46cc Contact: tomas.yilmaz63@mail.example.com Call me at 7025550197.', '2001:db8::8b31:5c1e:de02:46cc'),
]


def redact(text):
    return str(PIIDetector(redact=True).check(text).transformed_content)


left = [words for text, words in TEXTS if words in redact(text)]
print(f"{len(left)} of {len(TEXTS)} are left as they were: {left[:5]}")
sys.exit(1 if left else 0)
