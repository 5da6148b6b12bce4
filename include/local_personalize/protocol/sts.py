"""GetCallerIdentity of STS (query protocol), which AWS clients ask to learn the account they work in."""

from urllib.parse import parse_qs
from uuid import uuid4

from starlette.responses import Response

NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"
FORM = "application/x-www-form-urlencoded"


def is_query(content_type: str, target: str | None) -> bool:
    return target is None and content_type.startswith(FORM)


def answer(body: bytes, account: str) -> Response:
    """Answer a form of the query protocol; any Action but GetCallerIdentity is an InvalidAction error."""
    action = parse_qs(body.decode("latin-1")).get("Action", [""])[0]
    if action != "GetCallerIdentity":
        message = "The local Personalize answers GetCallerIdentity of STS and nothing else of it."
        fault = f"<Error><Type>Sender</Type><Code>InvalidAction</Code><Message>{message}</Message></Error>"
        return _xml(f'<ErrorResponse xmlns="{NAMESPACE}">{fault}<RequestId>{uuid4()}</RequestId></ErrorResponse>', 400)
    caller = f"<Arn>arn:aws:iam::{account}:root</Arn><UserId>{account}</UserId><Account>{account}</Account>"
    return _xml(
        f'<GetCallerIdentityResponse xmlns="{NAMESPACE}"><GetCallerIdentityResult>{caller}</GetCallerIdentityResult>'
        f"<ResponseMetadata><RequestId>{uuid4()}</RequestId></ResponseMetadata></GetCallerIdentityResponse>"
    )


def _xml(text: str, status: int = 200) -> Response:
    return Response(text, status, media_type="text/xml")
