# The App, and nothing beside it: docker build -t touchstone-app . && docker run --env-file .env -p 3000:3000 touchstone-app
FROM node:24-slim AS build
WORKDIR /touchstone
COPY package.json package-lock.json .npmrc ./
# No package may run anything of its own here; esbuild and the bundle need none of that.
RUN npm ci --ignore-scripts
COPY . .
RUN node buildApp.mjs

FROM node:24-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
WORKDIR /touchstone
# One bundle: no package, no npm and no source is needed to run it. Owned by root, so the process cannot change it.
COPY --from=build /touchstone/build/app/ app/
COPY app.yml LICENSE ./
USER node
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
# Node itself is told of the signal to stop, without a shell in between. It wants up to 30 seconds: docker stop -t 30.
CMD ["node", "--enable-source-maps", "app/main.mjs"]
