# The gateway in an image of its own: the program, the libraries it is linked to, the certificates
# everybody trusts, and nothing to log in with. `docker build .` makes the gateway,
# `docker build --target mocks .` services that misbehave on request, for trying things out.
ARG RUST=docker.io/library/rust:1.95-slim-bookworm

FROM ${RUST} AS build
# `release`, or `dev` for a build that is soon done and slow.
ARG PROFILE=release
# How many crates are built at once; as many as there are cores where it is not said.
ARG CARGO_BUILD_JOBS
WORKDIR /source
COPY . .
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
# One after the other: together they would build some libraries with features only one of them wants.
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    --mount=type=cache,target=/source/target,sharing=locked \
    cargo build --locked --profile "${PROFILE}" -p acp-gateway --bin acp-gateway && \
    cargo build --locked --profile "${PROFILE}" -p acp-mocks --bin acp-mocks && \
    mkdir -p /built && cp "target/${PROFILE/%dev/debug}"/acp-{gateway,mocks} /built/
# What a program needs to run: its libraries, names of hosts and users, certificates. The lines of its
# source are four fifths of it, and nobody debugs it here.
RUN for program in gateway mocks; do \
      root="/${program}" && \
      install -d "${root}/usr/local/bin" && \
      strip --strip-debug -o "${root}/usr/local/bin/acp-${program}" "/built/acp-${program}" && \
      for library in $(ldd "/built/acp-${program}" | grep -o '/[^ ]*'); do \
        install -D -m 0755 "$(readlink -f "${library}")" "${root}${library}"; \
      done && \
      install -D -m 0644 /etc/ssl/certs/ca-certificates.crt "${root}/etc/ssl/certs/ca-certificates.crt" && \
      echo 'gateway:x:65532:65532:gateway:/nonexistent:/sbin/nologin' >"${root}/etc/passwd" && \
      echo 'gateway:x:65532:' >"${root}/etc/group" && \
      echo 'hosts: files dns' >"${root}/etc/nsswitch.conf" && \
      install -D -m 0644 LICENSE "${root}/usr/share/licenses/acp-gateway/LICENSE" && \
      install -d -m 1777 "${root}/tmp"; \
    done && \
    install -d "/gateway/etc/acp-gateway" && \
    install -d -o 65532 -g 65532 -m 0700 /gateway/var/lib/acp-gateway

FROM scratch AS mocks
COPY --from=build /mocks/ /
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/acp-mocks"]
CMD ["--help"]

FROM scratch AS gateway
LABEL org.opencontainers.image.title="acp-gateway" \
      org.opencontainers.image.description="Agentic Commerce Protocol gateway: lets AI agents buy from a shop, safely" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /gateway/ /
USER 65532:65532
# A file acp-gateway.toml here is found; variables stand above it.
WORKDIR /etc/acp-gateway
ENV PATH=/usr/local/bin \
    ACP_GATEWAY__SERVER__LISTEN=0.0.0.0:8080 \
    ACP_GATEWAY__STORE__DATA_DIR=/var/lib/acp-gateway \
    ACP_GATEWAY__LOG__FORMAT=json
# All that is ever written. The rest may be read-only.
VOLUME ["/var/lib/acp-gateway"]
EXPOSE 8080
STOPSIGNAL SIGTERM
# Whether it lives. Whether it can work (`health --ready`) is for whoever sends callers: to restart a
# gateway because its Redis is away would help nobody.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["/usr/local/bin/acp-gateway", "health"]
ENTRYPOINT ["/usr/local/bin/acp-gateway"]
CMD ["serve"]
