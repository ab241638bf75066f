// The Authorize dialogue: which entries it has, and where it opens.

// What Swagger UI can do of a provider's `grant_types_supported`.
const FLOWS = ["authorization_code", "implicit", "password", "client_credentials"];

/** Swagger UI makes an entry of every grant that the provider knows, and loses the description. */
function describeProvider(entries, definitions) {
  const provider = (name) => definitions?.get(name)?.get("type") === "openIdConnect" && definitions.get(name);
  return entries
    .filter((entry) => entry.every((scheme, name) => !provider(name) || FLOWS.includes(scheme.get("flow"))))
    .map((entry) => entry.map((scheme, name) => {
      const description = provider(name) && provider(name).get("description");
      return description ? scheme.set("description", description) : scheme;
    }));
}

export const dialogue = ({ React }) => ({
  statePlugins: {
    auth: {
      wrapSelectors: {
        definitionsToAuthorize: (original, system) => (_state, ...rest) =>
          describeProvider(original(...rest), system.specSelectors.securityDefinitions()),
      },
    },
  },
  wrapComponents: {
    // Every entry asks for the focus, and the last would have it, far down.
    authorizationPopup: (Original) => (props) => {
      React.useEffect(() => document.querySelector(".dialog-ux .modal-ux-content input")?.focus(), []);
      return React.createElement(Original, props);
    },
  },
});
