"""GetRecommendations while the worker processes are busy."""

import time
from concurrent.futures import ThreadPoolExecutor


def test_answers_stay_fast_while_a_version_trains(shop, trained):
    """Both worker processes train meanwhile; the bound is generous, since the machine is shared."""
    campaign = shop.campaign(trained.version)
    shop.runtime.get_recommendations(campaignArn=campaign, userId="u1")
    solution = shop.solution(trained.group)
    versions = [shop.start_version(solution) for _ in range(2)]

    def timed(number):
        began = time.perf_counter()
        shop.runtime.get_recommendations(campaignArn=campaign, userId=f"u{number % 60}")
        return time.perf_counter() - began

    with ThreadPoolExecutor(4) as pool:
        times = sorted(pool.map(timed, range(200)))
    assert times[len(times) // 2] < 0.1
    for version in versions:
        assert shop.settled("solution_version", version)["status"] == "ACTIVE"
