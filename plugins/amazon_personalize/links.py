"""Links from a task to the Amazon Personalize console."""

from airflow.providers.amazon.aws.links.base_aws import BASE_AWS_CONSOLE_LINK, BaseAwsLink


class DatasetGroupLink(BaseAwsLink):
    """The dataset group in the console."""

    name = "Amazon Personalize dataset group"
    key = "personalize_dataset_group"
    format_str = BASE_AWS_CONSOLE_LINK + "/personalize/home?region={region_name}#{dataset_group}/setup"
