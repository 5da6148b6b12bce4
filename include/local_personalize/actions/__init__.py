"""The working operations: each is a function named after it in snake_case, in the file of its family."""

import importlib
import pkgutil
from collections.abc import Callable
from functools import cache

from include.local_personalize.call import Answer, Call
from include.local_personalize.protocol.service_models import operation_names

Action = Callable[[Call], Answer]


@cache
def offered() -> dict[str, Action]:
    """Operation name to the function that does it, for every operation that works."""
    actions: dict[str, Action] = {}
    for module_info in pkgutil.iter_modules(__path__, f"{__name__}."):
        module = importlib.import_module(module_info.name)
        functions = vars(module)
        actions |= {name: functions[snake] for snake, name in operation_names().items() if snake in functions}
    return actions
