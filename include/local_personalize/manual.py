"""What --help says below the options: enough to use the service alone."""

import textwrap
from collections.abc import Mapping

from include.local_personalize.protocol import fault_settings
from include.local_personalize.protocol.faults import REASONS
from include.local_personalize.state import quotas


def _wrapped(text: str) -> str:
    return textwrap.fill(text, 118, initial_indent=" " * 27, subsequent_indent=" " * 27)


def _listed(meanings: Mapping[str, str]) -> str:
    return "\n".join(f"  {name:<25}{meaning}" for name, meaning in meanings.items())


QUOTAS = ", ".join(f"{kind} {limit}" for kind, limit in quotas.limits({}).items())
MANUAL = f"""
with boto3, from another shell:
  export AWS_ENDPOINT_URL_PERSONALIZE=http://127.0.0.1:8700 AWS_ENDPOINT_URL_PERSONALIZE_RUNTIME=http://127.0.0.1:8700
  export AWS_ENDPOINT_URL_PERSONALIZE_EVENTS=http://127.0.0.1:8700 AWS_ENDPOINT_URL_STS=http://127.0.0.1:8700
  python -c 'import boto3; print(boto3.client("personalize").list_recipes())'
Any credentials are accepted; the region is that of the signature. Imports, exports and batch jobs read and write S3 as
boto3 does: give this process AWS_ENDPOINT_URL_S3, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY of your S3 server, or
those of AWS. Without delays everything but work is done at once; work takes what it takes.

control plane (plain JSON, not Amazon's; a PUT replaces all that was set, and wrong settings are told):
  GET /_local/health       whether it is up, its account and the time of its clock
  GET /_local/calls        how often each operation was called, and the last calls that change something
  GET, PUT /_local/clock   {{"offset_days": 7}}: the service lives 7 days ahead; when this answers, every automatic
                           training and update that became due has begun
  GET, PUT /_local/delays  {{"pending_seconds": 1, "in_progress_seconds": 2, "answer_seconds": {{"ListSchemas": 3}}}}:
                           how long states last by the service's clock, and answers are held back
  GET, PUT /_local/quotas  {{"campaign": 10}}: overrides of Amazon's quotas, which are
{_wrapped(QUOTAS)}
  GET, PUT, DELETE /_local/faults
                           [{{"fault": "throttling", "on": "PutEvents", "count": 3}},
                            {{"fault": "create_failed", "on": "solution-version", "reason": "fewer_than_25_users"}}]

faults: "on" is an operation or a kind of resource, default *; "matching" a pattern of an ARN or name, such as *movies*;
"probability" 0 to 1; "count" how often; all optional. {{"seed": 7, "rules": [...]}} draws chance from another seed.
{_listed(fault_settings.OF_OPERATIONS | fault_settings.OF_RESOURCES)}
reasons with a name:
{_wrapped(", ".join(REASONS))}
"""
