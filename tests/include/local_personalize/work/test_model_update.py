"""Automatic updates, as a worker does them: on real parts, with a real state."""

from contextlib import closing

import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from include.local_personalize import engine
from include.local_personalize.datasets import dataset_parts
from include.local_personalize.state.data_folder import DataFolder
from include.local_personalize.state.lifecycle import Delays, Lifecycle
from include.local_personalize.state.resources import Resource, Resources
from include.local_personalize.state.store import Store
from include.local_personalize.work import model_update, recommender, training
from tests.include.local_personalize.shop import checkerboard, schema_text

ARN = "arn:aws:personalize:us-east-1:000000000000"
GROUP, DATASET, SCHEMA = f"{ARN}:dataset-group/shop", f"{ARN}:dataset/shop/INTERACTIONS", f"{ARN}:schema/interactions"
RECIPES = "arn:aws:personalize:::recipe"
FIRST, DAY = 1_600_000_000, 86_400
OWNERS = {
    "solution-version": (training, {"recipeArn": f"{RECIPES}/aws-user-personalization"}),
    "recommender": (recommender, {"recipeArn": f"{RECIPES}/aws-ecomm-recommended-for-you", "recommenderConfig": {}}),
}


class Group:
    """A dataset group with interactions, and what is trained on them."""

    def __init__(self, root):
        self.folder = DataFolder(root)
        self.store = Store(self.folder.database)
        self.parts = []
        self.add(SCHEMA, "schema", {"schema": schema_text("Interactions")})
        self.add(GROUP, "dataset-group", {})
        self.add(DATASET, "dataset", {"schemaArn": SCHEMA, "datasetType": "Interactions"}, GROUP)

    def close(self):
        self.store.close()
        self.folder.release()

    def add(self, arn, kind, body, parent=None, notes=None):
        life = Lifecycle.begin("CREATE", 0.0, Delays())
        resource = Resource(arn, kind, "us-east-1", parent, body, notes or {}, life, 0.0, 0.0)
        with self.store.writing() as connection:
            Resources(connection, 0.0).add(resource)
        return resource

    def get(self, arn):
        with self.store.reading() as connection:
            return Resources(connection, 0.0).get(arn)

    def import_lines(self, lines):
        part = self.folder.datasets / f"{len(self.parts)}.parquet"
        table = pyarrow.csv.read_csv(pyarrow.py_buffer("\n".join(lines).encode()))
        pq.write_table(table, part)
        with self.store.writing() as connection:
            dataset_parts.append(Resources(connection, 0.0), DATASET, [{"file": part.name, "rows": len(table)}])
        self.parts.append(part)

    def task(self, module, resource):
        with self.store.reading() as connection:
            return module.task(Resources(connection, 0.0), resource, self.folder)

    def settle(self, module, resource, result):
        with self.store.writing() as connection:
            resources = Resources(connection, 0.0)
            resources.change(resource.arn, **module.settle(resources, resource, result))

    def answers(self, result):
        """What everyone gets without exploration, and those with even numbers with nothing but it."""
        model = engine.load(self.folder.models / result["model"])
        users = ["late", "stranger", *(f"u{number}" for number in range(60))]
        return [
            model.answer(engine.Query(user_id=user, exploration=engine.Exploration(weight=number % 2)))
            for number, user in enumerate(users)
        ]


@pytest.fixture
def group(tmp_path):
    with closing(Group(tmp_path / "state")) as group:
        yield group


def news(day):
    """Everyone goes on as before, as does one who was not there at the training, with an item that was not either."""
    start = FIRST + day * DAY
    lines = checkerboard(each=3, start=start)
    return [
        *lines,
        *(f"late,i{2 * step},watch,{start + step}" for step in range(4)),
        f"late,new{day},watch,{start + 9}",
    ]


@pytest.mark.parametrize("kind", OWNERS)
def test_each_update_reads_what_has_come_since_the_one_before(group, kind):
    """It is the model of an update that reads everything, and goes without the files that are known already."""
    module, members = OWNERS[kind]
    group.import_lines(checkerboard(start=FIRST))
    owner = group.add(f"{ARN}:{kind}/one", kind, members | {"datasetGroupArn": GROUP}, GROUP)
    group.settle(module, owner, module.run(group.task(module, owner)))
    metrics = group.get(owner.arn).notes["metrics"]
    for day in (1, 2):
        group.import_lines(news(day))
        body = {"ownerArn": owner.arn, "mode": "UPDATE", "datasetGroupArn": GROUP}
        update = group.add(f"{owner.arn}/{day}", "model-update", body, owner.arn, {"data": {"INTERACTIONS": [day, 0]}})
        task = group.task(model_update, update)
        whole = model_update.run(task | {"parts_read": [], "model": group.folder.models / f"whole{day}"})
        for part in group.parts[:-1]:
            part.rename(part.with_suffix(".away"))
        newer = model_update.run(task)
        for part in group.parts[:-1]:
            part.with_suffix(".away").rename(part)
        assert group.answers(newer) == group.answers(whole)
        assert newer["read"]["files"] == [part.name for part in group.parts]
        group.settle(model_update, update, newer)
        assert group.get(owner.arn).notes["metrics"] == metrics
