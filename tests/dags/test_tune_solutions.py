"""Tuning, with real servers of S3, Personalize and mail: what was found is proposed, and nothing that serves moves."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from include.config import load_file
from include.demo.environment import Addresses
from include.s3 import Place, read_json, under
from tests.dags.promotions import connected, write_group
from tests.dags.running import run
from tests.include.local_personalize.shop import LocalShop, checkerboard
from tests.mails import taken

HPO = {
    "hpoResourceConfig": {"maxNumberOfTrainingJobs": "2", "maxParallelTrainingJobs": "1"},
    "algorithmHyperParameterRanges": {
        "integerHyperParameterRanges": [{"name": "hidden_dimension", "minValue": 32, "maxValue": 40}]
    },
}


# Airflow runs a DAG in one process by starlette's own test client.
@pytest.mark.filterwarnings("ignore:Using `httpx` with `starlette.testclient` is deprecated")
@pytest.mark.usefixtures("airflow_database")
def test_tuned_values_are_kept_and_mailed_as_yaml(
    shop: LocalShop, s3_address: Addresses, s3: Any, bucket: str, name: Callable[[str], str], tmp_path: Path
) -> None:
    group_arn, tuned = shop.group(), name("tuned")
    shop.import_lines(shop.dataset(group_arn, "Interactions"), checkerboard())
    solution = {
        "recipe": "aws-user-personalization",
        "create": {"name": tuned, "solutionConfig": {"hpoConfig": HPO}},
        "cadence": {"hpo_every_days": 28},
        "gate": {},
        "campaign": {"create": {"name": tuned}},
    }
    file = write_group(tmp_path / "groups", group_arn.rpartition("/")[2], bucket, [solution])
    with connected(shop.server, s3_address, file.parent, tmp_path) as mail_folder:
        from dags.tune_solutions import tune_solutions  # noqa: PLC0415 - it reads the settings

        group = load_file(file)
        state, _ = run(tune_solutions(group))
        ((subject, told),) = taken(mail_folder)

    assert state == "success"
    (solution_found,) = shop.api.list_solutions(datasetGroupArn=group_arn)["solutions"]
    assert solution_found["name"] == f"{tuned}-hpo"
    (found,) = under(s3, Place.of(group.storage.workspace) / "reports/tuning" / tuned)
    kept = read_json(s3, found.place)
    pasted = yaml.safe_load(kept["proposal"][kept["proposal"].index("create:") :])["create"]["solutionConfig"]
    assert pasted["algorithmHyperParameters"] == kept["tuned"]
    assert 32 <= int(kept["tuned"]["hidden_dimension"]) <= 40
    assert subject == f"[airflow] {group.name}: hyperparameters tuned ({tuned})"
    assert "algorithmHyperParameters:" in told
    assert shop.api.list_campaigns(solutionArn=solution_found["solutionArn"])["campaigns"] == []
