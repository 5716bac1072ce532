# The self-hosted runner: node, git and the bundle that is committed in dist/. docs/self-hosting.md tells how to run it.
#
# For builds that can be repeated, put its digest behind the base image's name, which Dependabot then keeps up to date:
#   docker buildx imagetools inspect node:24-bookworm-slim --format '{{.Manifest.Digest}}'
FROM node:24-bookworm-slim

# bash, perl and setpriv, which steps need too, are part of every Debian.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates git \
 && rm -rf /var/lib/apt/lists/*

# The service's own user, and one for steps alone (AGENT_ISOLATION=user). Volumes and manifests name their numbers.
RUN groupadd --gid 10001 agent-runner \
 && groupadd --gid 10002 agent-step \
 && useradd --uid 10001 --gid 10001 --create-home --shell /usr/sbin/nologin agent-runner \
 && useradd --uid 10002 --gid 10002 --no-create-home --shell /usr/sbin/nologin agent-step \
 && chmod 0700 /home/agent-runner \
 && install --directory --owner=10001 --group=10001 --mode=0711 /var/lib/agent-runner

COPY --chmod=0644 LICENSE /opt/agent-runner/LICENSE
COPY --chmod=0755 dist/runner /opt/agent-runner/dist/runner

ARG VERSION=unreleased
LABEL org.opencontainers.image.title="agent-runner" \
      org.opencontainers.image.description="Turns labelled issues into pull requests, on a machine of your own." \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}"

# Inside of a container, loopback is nobody else's: what is published decides who reaches the port.
# NODE_OPTIONS keeps an idle service from growing (docs/benchmarks.md); no step gets it.
ENV AGENT_HOST=0.0.0.0 \
    AGENT_WORKSPACE=/var/lib/agent-runner \
    HOME=/home/agent-runner \
    LANG=C.UTF-8 \
    NODE_OPTIONS=--max-semi-space-size=1

EXPOSE 8080
VOLUME /var/lib/agent-runner
USER 10001:10001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=15s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.AGENT_PORT || 8080) + '/healthz').then(({ ok }) => process.exit(ok ? 0 : 1))"]
ENTRYPOINT ["node", "/opt/agent-runner/dist/runner/index.js"]
CMD ["serve"]
