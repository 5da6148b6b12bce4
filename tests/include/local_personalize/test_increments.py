"""What an increment changes, and when: nothing but training teaches a model, yet events count at once where they may.

One story, told once and recorded phase by phase; each cell of the table of increments is a test
over what was recorded. Taste is known by construction: users with even numbers have even items, the others odd ones.
"""

import json
import time
from types import SimpleNamespace

import pytest

from tests.include.local_personalize.shop import checkerboard

USERS, ITEMS, LATEST = 60, 30, 1_600_020_000
DAY = 86_400
COLD = {f"cold{number}": LATEST - DAY for number in range(16)} | {"old": LATEST - 60 * DAY}
LIST = [f"i{number}" for number in range(10)] + ["cold1"]
WEIGHTS = ("0", "0.3", "0.6", "1")
SHOWN, UNSHOWN = ([f"cold{number}" for number in numbers] for numbers in (range(8), range(8, 16)))
PHASES = ("trained", "put", "updated", "trained again")


def items_fields():
    genres = {"name": "GENRES", "type": "string", "categorical": True}
    columns = [{"name": "ITEM_ID", "type": "string"}, genres, {"name": "CREATION_TIMESTAMP", "type": "long"}]
    namespace = "com.amazonaws.personalize.schema"
    return json.dumps({"type": "record", "name": "Items", "namespace": namespace, "fields": columns, "version": "1.0"})


class Story:
    """The shop, its three solutions, and what campaigns on their versions answer."""

    def __init__(self, shop):
        self.shop = shop
        group = shop.group()
        self.interactions = shop.dataset(group, "Interactions")
        self.users = shop.dataset(group, "Users")
        schema = shop.api.create_schema(name=shop.name("items"), schema=items_fields())["schemaArn"]
        request = {"name": shop.name("items"), "datasetGroupArn": group, "datasetType": "Items"}
        self.items = shop.api.create_dataset(schemaArn=schema, **request)["datasetArn"]
        genres = [f"i{number},{'odd' if number % 2 else 'even'},{LATEST - 300 * DAY}" for number in range(ITEMS)]
        ages = [f"u{number},{20 + number % 40}" for number in range(USERS)]
        for dataset, lines in [
            (self.interactions, checkerboard(USERS, ITEMS)),
            (self.items, ["ITEM_ID,GENRES,CREATION_TIMESTAMP", *genres]),
            (self.users, ["USER_ID,AGE", *ages]),
        ]:
            assert shop.import_lines(dataset, lines)["status"] == "ACTIVE"
        tracker = {"name": shop.name("tracker"), "datasetGroupArn": group}
        self.tracking_id = shop.api.create_event_tracker(**tracker)["trackingId"]
        recipes = ("aws-user-personalization", "aws-personalized-ranking", "aws-sims")
        self.solutions = {recipe.removeprefix("aws-"): shop.solution(group, recipe) for recipe in recipes}
        self.campaigns = {}

    def serve(self, recipe, mode="FULL"):
        """Train a version and let the recipe's campaigns serve it; user-personalization has one per weight."""
        version = self.shop.version(self.solutions[recipe], mode)
        if recipe == "user-personalization":
            configs = {f"{recipe} {weight}": {"explorationWeight": weight} for weight in WEIGHTS}
            configs[f"{recipe} short"] = {"explorationWeight": "1", "explorationItemAgeCutOff": "0"}
        else:
            configs = {recipe: {}}
        for name, exploration in configs.items():
            if name in self.campaigns:
                self.shop.api.update_campaign(campaignArn=self.campaigns[name], solutionVersionArn=version)
            else:
                config = {"itemExplorationConfig": exploration} if exploration else {}
                self.campaigns[name] = self.shop.campaign(version, **config)

    def recommended(self, user, weight="0", count=10):
        campaign = self.campaigns[f"user-personalization {weight}"]
        answer = self.shop.runtime.get_recommendations(campaignArn=campaign, userId=user, numResults=count)
        return [item["itemId"] for item in answer["itemList"]]

    def ranked(self, user):
        """Item to its score in a given list, best first; None for an item that the model does not know."""
        campaign = self.campaigns["personalized-ranking"]
        answer = self.shop.runtime.get_personalized_ranking(campaignArn=campaign, userId=user, inputList=LIST)
        return {item["itemId"]: item.get("score") for item in answer["personalizedRanking"]}

    def related(self, item="i1"):
        answer = self.shop.runtime.get_recommendations(campaignArn=self.campaigns["sims"], itemId=item, numResults=40)
        return [found["itemId"] for found in answer["itemList"]]

    def put_events(self, user, items, **members):
        events = [
            {"eventType": "watch", "itemId": item, "sentAt": LATEST + number, "eventId": f"{user}-{item}"} | members
            for number, item in enumerate(items)
        ]
        self.shop.events.put_events(trackingId=self.tracking_id, userId=user, sessionId=f"of-{user}", eventList=events)

    def picture(self):
        """Everything that the table speaks of, as it is answered now."""
        return SimpleNamespace(
            viewer=self.recommended("viewer"),
            put_user=self.recommended("put-user"),
            viewer_ranked=self.ranked("viewer"),
            put_user_ranked=self.ranked("put-user"),
            related=self.related(),
            everything=set(self.recommended("u1", count=100)),
            explored={weight: [self.recommended(f"u{user}", weight) for user in range(USERS)] for weight in WEIGHTS},
            explored_short=self.recommended("u1", "short", 40),
            explored_all=self.recommended("u1", "1", 40),
        )


@pytest.fixture(scope="module")
def story(shop):
    """The pictures, a phase each; and how long the first event took to tell."""
    story = Story(shop)
    for recipe in story.solutions:
        story.serve(recipe)
    pictures = {"trained": story.picture()}

    began = time.monotonic()
    story.put_events("viewer", ["i1"])
    after_one, seconds = story.recommended("viewer"), time.monotonic() - began
    story.put_events("viewer", ["i3", "i5", "i7", "i9"])
    story.shop.events.put_users(datasetArn=story.users, users=[{"userId": "put-user", "properties": '{"age": 31}'}])
    cold = [
        {"itemId": item, "properties": json.dumps({"genres": "odd", "creationTimestamp": created})}
        for item, created in COLD.items()
    ]
    for start in range(0, len(cold), 10):
        story.shop.events.put_items(datasetArn=story.items, items=cold[start : start + 10])
    pictures["put"] = story.picture()

    story.serve("user-personalization", "UPDATE")
    pictures["updated"] = story.picture()

    # Items and users alone, then what somebody did with them, each followed by a training that reads it.
    for recipe in ("personalized-ranking", "sims"):
        story.serve(recipe)
    without_events = story.picture()
    for number in range(40):
        story.put_events(f"looking{number}", [f"i{number % 10}"], impression=[f"i{number % 10}", *SHOWN])
    story.serve("user-personalization", "UPDATE")
    after_impressions = [item for number in range(USERS) for item in story.recommended(f"u{number}", "0.3")]

    for number in range(12):
        story.put_events(f"crossing{number}", ["i1", "i0", "cold1"])
    story.put_events("put-user", ["i11", "i13", "i15", "i17", "i19"])
    for recipe in story.solutions:
        story.serve(recipe)
    pictures["trained again"] = story.picture()
    return SimpleNamespace(
        pictures=pictures,
        after_one=after_one,
        seconds=seconds,
        without_events=without_events,
        after_impressions=after_impressions,
    )


@pytest.fixture(params=PHASES)
def phase(request, story):
    """Each phase, with its picture."""
    return request.param, story.pictures[request.param]


def odd(items):
    """The share of odd items among the known ones."""
    known = [int(item[1:]) % 2 for item in items if item.startswith("i")]
    return sum(known) / len(known)


def odd_above_even(ranked):
    """How many pairs of a known odd and a known even item have the odd one first, as a share."""
    order = [item for item in ranked if item.startswith("i")]
    pairs = [(a, b) for at, a in enumerate(order) for b in order[at + 1 :] if (int(a[1:]) - int(b[1:])) % 2]
    return sum(int(first[1:]) % 2 for first, _ in pairs) / len(pairs)


def test_one_event_tells_within_two_seconds(story):
    assert story.seconds < 2
    assert story.after_one != story.pictures["trained"].viewer
    assert odd(story.after_one) > odd(story.pictures["trained"].viewer)


def test_put_events_personalise_user_personalization_at_once_and_for_good(phase):
    name, picture = phase
    assert (odd(picture.viewer) >= 0.9) == (name != "trained")


def test_put_events_personalise_ranking_at_once_and_for_good(phase):
    name, picture = phase
    assert (odd_above_even(picture.viewer_ranked) >= 0.9) == (name != "trained")


def test_put_events_reach_sims_with_the_next_full_training(story):
    before = story.pictures["trained"].related
    assert story.pictures["put"].related == story.pictures["updated"].related == before
    after = story.pictures["trained again"].related
    assert after.index("i0") < (before.index("i0") if "i0" in before else len(before))


def test_put_users_change_user_personalization_with_the_next_full_training(story):
    before = story.pictures["trained"].put_user
    assert story.pictures["put"].put_user == story.pictures["updated"].put_user == before
    assert odd(before) < 0.9 <= odd(story.pictures["trained again"].put_user)


def test_put_users_change_ranking_with_the_next_full_training(story):
    before = story.pictures["trained"].put_user_ranked
    assert story.pictures["put"].put_user_ranked == story.pictures["updated"].put_user_ranked == before
    assert odd_above_even(before) < 0.9 <= odd_above_even(story.pictures["trained again"].put_user_ranked)


def test_put_users_and_put_items_alone_never_change_sims(story):
    assert story.without_events.related == story.pictures["trained"].related


def test_put_items_are_cold_items_after_an_update_and_known_after_a_full_training(story):
    def seen(phase):
        return {item for items in story.pictures[phase].explored["1"] for item in items} & COLD.keys()

    young = COLD.keys() - {"old"}
    assert seen("trained") == seen("put") == set()
    assert seen("updated") == young
    assert not story.pictures["updated"].everything & young, "without exploration none is recommended"
    assert "cold1" in story.pictures["trained again"].everything


def test_exploration_ends_at_the_age_cut_off(story):
    picture = story.pictures["updated"]
    assert "old" not in picture.explored_all
    assert not set(picture.explored_short) & COLD.keys(), "a day old, and the cut-off is none"


def test_put_items_are_unknown_to_ranking_until_somebody_has_had_them(story):
    for picture in (*(story.pictures[phase] for phase in PHASES[:3]), story.without_events):
        assert picture.viewer_ranked["cold1"] is None
        assert list(picture.viewer_ranked)[-1] == "cold1"
    assert story.pictures["trained again"].viewer_ranked["cold1"] is not None


def test_put_items_reach_sims_through_new_co_occurring_interactions(story):
    assert "cold1" not in story.without_events.related
    assert "cold1" in story.pictures["trained again"].related


def test_the_share_of_cold_items_grows_with_the_exploration_weight(story):
    def share(weight):
        lists = story.pictures["updated"].explored[weight]
        return sum(item in COLD for items in lists for item in items) / sum(map(len, lists))

    shares = [share(weight) for weight in WEIGHTS]
    assert shares[0] == 0
    assert shares == sorted(set(shares)), "each weight explores more than the one before"


def test_impressions_without_interactions_make_a_cold_item_less_explored(story):
    shown, unshown = (sum(story.after_impressions.count(item) for item in items) for items in (SHOWN, UNSHOWN))
    assert shown < 0.6 * unshown
