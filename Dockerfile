# One image for server, worker and commands. No secret goes in: they come as files at run time (IDP_…_FILE).
FROM python:3.13-slim AS build
WORKDIR /src
RUN python -m venv /venv
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY requirements.lock ./
RUN /venv/bin/pip install --require-hashes -r requirements.lock
COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY idp ./idp
COPY templates ./templates
COPY migrations ./migrations
RUN /venv/bin/pip install --no-deps --no-build-isolation .

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /state idp && install -d -o idp -g idp -m 0700 /state /keys
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 IDP_STATE_DIR=/state IDP_KEYS_DIR=/keys
USER idp
WORKDIR /state
VOLUME ["/state", "/keys"]
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=2)"]
CMD ["idp", "serve", "--host", "0.0.0.0"]
