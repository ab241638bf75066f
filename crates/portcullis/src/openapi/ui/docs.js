// Starts Swagger UI. In a file of its own, for the Content-Security-Policy
// allows no inline script.
"use strict";

{
  // Swagger UI has dark colours but leaves the choice of them to the page.
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
  dark.addEventListener("change", follow);
  follow();

  const ui = SwaggerUIBundle({
    dom_id: "#swagger-ui",
    // Relative to the page, so that it holds wherever the API is mounted.
    url: "openapi.json",
    // StandaloneLayout would inject a <style>, which the policy forbids.
    layout: "BaseLayout",
    presets: [SwaggerUIBundle.presets.apis],
    // On, a reload logs an error for every operationId with an underscore.
    deepLinking: false,
    displayRequestDuration: true,
    // The document goes to no third party for validation.
    validatorUrl: null,
    // A token lives in the memory of this page alone, never in its storage.
    persistAuthorization: false,
    onComplete: () => {
      const title = ui.specSelectors.info().get("title");
      if (title) document.title = `${title} · API documentation`;
    },
  });
}
