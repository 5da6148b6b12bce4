"""README's table of operations is the code's."""

from pathlib import Path

from include.local_personalize import operations
from include.local_personalize.actions import offered
from include.local_personalize.protocol.service_models import operation_names

README = Path(__file__).parents[3] / "README.md"


def test_readme_has_the_table_that_the_code_prints():
    block = README.read_text().split("<!-- operations -->")[1].split("<!-- /operations -->")[0]
    assert block.strip() == operations.table(), "run: python -m include.local_personalize.operations"


def test_the_table_has_every_operation_of_the_three_services_once():
    table = operations.table()
    names = [word.strip(" |,") for line in table.splitlines() if line.startswith("|") for word in line.split()]
    assert len(operation_names()) == 79
    for name in operation_names().values():
        assert names.count(name) == 1 or name not in offered()


def test_each_refused_operation_has_a_sentence_of_its_own():
    assert operations.REFUSED.keys() == set(operation_names().values()) - offered().keys()
