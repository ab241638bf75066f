// Signing in at an authorization server, in a window: the code and implicit flows.

/** Swagger UI's own state is the time of day, which another site can guess. */
function withRandomState(address, pending) {
  const url = new URL(address, document.baseURI);
  const state = crypto.getRandomValues(new Uint32Array(4)).join("-");
  url.searchParams.set("state", state);
  return [url.href, { ...pending, state }];
}

export const signIn = () => ({
  statePlugins: {
    auth: {
      wrapActions: {
        authPopup: (original) => (url, pending) => original(...withRandomState(url, pending)),
      },
    },
  },
});
