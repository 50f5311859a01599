# Frontdesk in a container: the same image for release, web, worker and clock.
# docker build --tag frontdesk .

FROM python:3.11-slim AS built
WORKDIR /build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
RUN python -m venv /opt/frontdesk
ENV PATH=/opt/frontdesk/bin:$PATH
COPY requirements.lock .
RUN python -m pip install --require-hashes --requirement requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY plugins plugins
COPY router router
COPY storage storage
RUN python -m pip install --no-deps --no-build-isolation .

FROM python:3.11-slim
# One user with a number that a volume's owner can be set to; no shell, no home to write to.
RUN groupadd --gid 10001 frontdesk \
 && useradd --uid 10001 --gid frontdesk --no-create-home --shell /usr/sbin/nologin frontdesk \
 && install --directory --owner=frontdesk --group=frontdesk --mode=0700 /data /data/keys /data/cache
COPY --from=built /opt/frontdesk /opt/frontdesk
ENV PATH=/opt/frontdesk/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    FRONTDESK_DATABASE_URL=sqlite:////data/frontdesk.db \
    FRONTDESK_KEYS=/data/keys \
    FRONTDESK_CACHE=/data/cache \
    FRONTDESK_LOG_FORMAT=json \
    PORT=3000
WORKDIR /data
USER frontdesk
VOLUME /data
EXPOSE 3000
STOPSIGNAL SIGTERM
ENTRYPOINT ["frontdesk"]
CMD ["run"]
