// Starts Swagger UI. In files of their own, for the Content-Security-Policy
// allows no inline script.
import { addresses } from "./addresses.js";
import { calls, complete } from "./calls.js";
import { dialogue } from "./dialogue.js";
import { digest } from "./digest.js";
import { signIn } from "./sign_in.js";

// Swagger UI has dark colours but leaves the choice of them to the page.
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();

const ui = SwaggerUIBundle({
  dom_id: "#swagger-ui",
  // Relative to the page, so that it holds wherever the API is mounted.
  url: "openapi.json",
  // An authorization server takes absolute ones only.
  oauth2RedirectUrl: new URL("docs/oauth2-redirect.html", document.baseURI).href,
  // StandaloneLayout would inject a <style>, which the policy forbids.
  layout: "BaseLayout",
  presets: [SwaggerUIBundle.presets.apis],
  plugins: [addresses, calls, dialogue, digest, signIn],
  requestInterceptor: complete,
  // On, a reload logs an error for every operationId with an underscore.
  deepLinking: false,
  displayRequestDuration: true,
  // The document goes to no third party for validation.
  validatorUrl: null,
  // A credential lives in the memory of this page alone, never in its storage.
  persistAuthorization: false,
  onComplete: () => {
    const title = ui.specSelectors.info().get("title");
    if (title) document.title = `${title} · API documentation`;
  },
});
ui.initOAuth({ usePkceWithAuthorizationCodeGrant: true });
