"""What the service keeps of datasets in memory for filters."""

import pyarrow.parquet as pq
import pytest

from include.local_personalize.filters import InvalidExpression, Records
from include.local_personalize.filters.group_data import DataInMemory
from include.local_personalize.state.data_folder import DataFolder
from tests.include.local_personalize.filters.schemas import SCHEMAS
from tests.include.local_personalize.filters.test_evaluation import ITEMS, table


@pytest.fixture
def memory(tmp_path):
    folder = DataFolder(tmp_path / "data")
    yield DataInMemory(folder)
    folder.release()


@pytest.fixture
def items(tmp_path):
    file = tmp_path / "items.parquet"
    pq.write_table(table("ITEMS", ITEMS), file)
    return file


def test_a_state_is_built_once_and_again_when_the_data_is_another(memory, items):
    first = memory.built("items", 1, lambda: Records(SCHEMAS["ITEMS"], [items]))
    assert memory.built("items", 1, lambda: pytest.fail("built twice")) is first
    second = memory.built("items", 2, lambda: Records(SCHEMAS["ITEMS"], []))
    assert len(second.ids) == 0


def test_files_that_an_import_replaced_meanwhile_leave_the_last_state(memory, items):
    def read():
        return Records(SCHEMAS["ITEMS"], [items.with_name("swept.parquet")])

    with pytest.raises(InvalidExpression, match="ask again"):
        memory.built("items", 1, read)
    last = memory.built("items", 2, lambda: Records(SCHEMAS["ITEMS"], [items]))
    assert memory.built("items", 3, read) is last
