# Airflow with the programme in it; the same image runs the local services of docker-compose.yaml's `local` profile.
FROM apache/airflow:3.3.2-python3.12

# The local services keep their state here, in volumes that take over its owner.
USER root
RUN install -d -o airflow -g 0 /data
USER airflow

COPY requirements.txt /requirements.txt
RUN pip install --no-cache-dir -r /requirements.txt

COPY --chown=airflow:0 dags /opt/airflow/dags
COPY --chown=airflow:0 plugins /opt/airflow/plugins
COPY --chown=airflow:0 include /opt/airflow/include
ENV PYTHONPATH=/opt/airflow
