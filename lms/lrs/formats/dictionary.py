"""What statements have in common, for packing them: the most frequent stands last.

Never changed, only followed by another: what was packed with it is unpacked with it.
"""

from base64 import b64decode
from typing import Final

_VERBS = (
    "launched",
    "terminated",
    "initialized",
    "abandoned",
    "waived",
    "satisfied",
    "registered",
    "exited",
    "scored",
    "suspended",
    "resumed",
    "shared",
    "commented",
    "preferred",
    "progressed",
    "imported",
    "interacted",
    "mastered",
    "responded",
    "asked",
    "attended",
    "voided",
    "attempted",
    "experienced",
    "answered",
    "failed",
    "passed",
    "completed",
)
_TYPES = (
    "assessment",
    "question",
    "objective",
    "simulation",
    "performance",
    "interaction",
    "cmi.interaction",
    "media",
    "file",
    "link",
    "profile",
    "attempt",
    "module",
    "lesson",
    "course",
)
_PARTS = (
    (
        '"display":{"de":"hat ","en-GB":"","en":""},"language":"en-GB","language":"de",'
        '"definition":{"name":{"en-GB":"","de":"'
    ),
    '"member":[{"objectType":"Agent","openid":"http',
    '"objectType":"SubStatement","objectType":"StatementRef","id":"',
    (
        '"attachments":[{"usageType":"http://adlnet.gov/expapi/attachments/signature","display":{"en-US":"","'
        'contentType":"application/octet-stream","length":,"sha2":"","fileUrl":"https://'
    ),
    (
        '"interactionType":"choice","correctResponsesPattern":["[,]"],"choices":[{"id":"","description":{"en-'
        'US":"'
    ),
    (
        '"interactionType":"fill-in","long-fill-in","matching","true-false","likert","numeric","sequencing","'
        'other"'
    ),
    '"scale":[{"id":"","source":[{"id":"","target":[{"id":"","steps":[{"id":"',
    (
        '"https://w3id.org/xapi/video/extensions/time-from":,"https://w3id.org/xapi/video/extensions/time-to"'
        ':,"https://w3id.org/xapi/video/extensions/progress":,"https://w3id.org/xapi/video/extensions/played-'
        'segments":"'
    ),
    (
        '"https://w3id.org/xapi/video/verbs/played","paused","seeked","completed","https://w3id.org/xapi/vide'
        'o"'
    ),
    '"https://w3id.org/xapi/cmi5/context/extensions/sessionid":"',
    (
        '"https://w3id.org/xapi/cmi5/context/extensions/masteryscore":0.,"https://w3id.org/xapi/cmi5/context/'
        'extensions/launchmode":"Normal","https://w3id.org/xapi/cmi5/context/extensions/moveon":"CompletedOrP'
        'assed","https://w3id.org/xapi/cmi5/context/extensions/publisherid":"https://'
    ),
    (
        '"category":[{"id":"https://w3id.org/xapi/cmi5/context/categories/moveon"},{"id":"https://w3id.org/xa'
        'pi/cmi5/context/categories/cmi5"}],"grouping":[{"objectType":"Activity","id":"https://'
    ),
    (
        '"instructor":{"objectType":"Agent","name":"","mbox":"mailto:@example.com"},"team":{"objectType":"Gro'
        'up","name":"'
    ),
    (
        '"contextAgents":[{"objectType":"contextAgent","agent":{},"contextGroups":[{"objectType":"contextGrou'
        'p","group":{}'
    ),
    '"revision":"1.0","platform":"","language":"en-US","statement":{"objectType":"StatementRef","id":"',
    '"extensions":{"http://example.com/extensions/',
    (
        '"definition":{"name":{"de-DE":"","en-GB":"","en-US":""},"description":{"de":"","en":"","en-US":""},"'
        'type":"http://adlnet.gov/expapi/activities/","moreInfo":"https://'
    ),
    (
        '"result":{"score":{"scaled":0.,"raw":,"min":0,"max":100},"success":true,"completion":true,"success":'
        'false,"response":"","duration":"PT0M0.S","extensions":{'
    ),
    (
        '"context":{"registration":"","contextActivities":{"other":[{"id":"","category":[{"id":"","grouping":'
        '[{"id":"'
    ),
    '"parent":[{"objectType":"Activity","id":"https://www.',
    '"authority":{"objectType":"Agent","name":"","account":{"homePage":"","name":""}},"stored":"2026-',
    (
        '"version":"1.0.0","version":"2.0.0","timestamp":"2027-01-01T00:00:00.000Z","timestamp":"2026-11-26T1'
        '2:00:00.000Z"'
    ),
    ('"object":{"objectType":"Agent","object":{"objectType":"Activity","id":"http://example.com/activities/'),
    (
        '"object":{"id":"https://","objectType":"Activity","definition":{"type":"http://adlnet.gov/expapi/act'
        "ivities/"
    ),
    (
        '{"id":"","actor":{"objectType":"Agent","name":"","mbox_sha1sum":"","account":{"homePage":"https://",'
        '"name":"'
    ),
    (
        '"actor":{"name":"","mbox":"mailto:@example.com","objectType":"Agent"},"verb":{"id":"http://adlnet.go'
        'v/expapi/verbs/completed","display":{"en-US":"completed"}},"object":{"id":"http'
    ),
)

_COMPACT: Final = "".join(
    [
        *(f'"type":"http://adlnet.gov/expapi/activities/{one}"' for one in _TYPES),
        *(f'"id":"http://adlnet.gov/expapi/verbs/{one}","display":{{"en-US":"{one}"}}' for one in _VERBS),
        *_PARTS,
    ]
)

# Browsers write JSON without spaces and Python with; what comes most often stands last.
_SPACED: Final = _COMPACT.replace('":', '": ').replace(',"', ', "')

FIRST: Final = (_SPACED + _COMPACT).encode()

# How often which letters, lengths and distances stand in statements of all kinds, as zstd's trainer counted them in six
# thousand that were made up for it: the head of a dictionary, of which FIRST is the content (RFC 8878, 5).
_COUNTED: Final = b64decode(
    b"N6Qw7PsaSg8cEOglwwEAAABRAEFKKS9QtbVTkimllFIi6QE1AdMAAAAEhYLh8UjFcDsABAAKyspKSkXDoqFAKBIHxUGBMCAO"
    b"B8RxFEdBEMRhEIbSsGUjAAAABJjCIIhRFMVAFEUZoxwziLQBAAAAAAEAAAAEAAAACAAAAA=="
)

SECOND: Final = _COUNTED + FIRST
