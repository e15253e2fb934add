# syntax=docker/dockerfile:1
# The bot as an image: dependencies by hash, no build tools, no root, nothing to write to but /data and /tmp.
ARG PYTHON=python:3.13-slim-bookworm

FROM ${PYTHON} AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /venv
COPY requirements.txt .
RUN /venv/bin/pip install --require-hashes --only-binary :all: -r requirements.txt

FROM ${PYTHON}
RUN groupadd --system --gid 10001 greenlight \
 && useradd --system --uid 10001 --gid 10001 --home-dir /app --shell /usr/sbin/nologin greenlight \
 && install -d -o greenlight -g greenlight -m 700 /data
COPY --from=build /venv /venv
WORKDIR /app
COPY LICENSE ./
COPY handlers ./handlers
COPY bot ./bot
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONPATH=/app \
    GREENLIGHT_DATA_DIR=/data
USER 10001:10001
VOLUME /data
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + (os.environ.get('GREENLIGHT_HTTP_PORT') or '3000') + '/healthz', timeout=4)"]
ENTRYPOINT ["python", "-m", "bot"]
CMD ["run"]
