// Makes the document's relative addresses absolute.
//
// The document says `servers: [{"url": "."}]`: the API is where its document is. Swagger UI resolves
// a token URL against such a server as if it stood at the root of the host, and an OpenID Connect
// URL against the page. With the server made absolute, everything relative to it is found wherever
// the API is mounted, and the list of servers and the curl commands show where a call really goes.

function absolute(address, base) {
  // A template: Swagger UI fills it in.
  if (typeof address !== "string" || address.includes("{")) return address;
  try {
    return new URL(address, base).href;
  } catch {
    return address;
  }
}

function withAbsoluteAddresses(api) {
  const home = new URL("openapi.json", document.baseURI).href;
  const servers = api.servers?.map((server) => ({ ...server, url: absolute(server.url, home) }));
  const base = servers?.[0]?.url ?? home;
  const schemes = Object.entries(api.components?.securitySchemes ?? {}).map(([name, scheme]) => [
    name,
    scheme.type === "openIdConnect"
      ? { ...scheme, openIdConnectUrl: absolute(scheme.openIdConnectUrl, base) }
      : scheme,
  ]);
  return {
    ...api,
    ...(servers && { servers }),
    ...(schemes.length > 0 && {
      components: { ...api.components, securitySchemes: Object.fromEntries(schemes) },
    }),
  };
}

export const addresses = () => ({
  statePlugins: {
    spec: {
      wrapActions: {
        updateJsonSpec: (original) => (api) => original(withAbsoluteAddresses(api)),
      },
    },
  },
});
