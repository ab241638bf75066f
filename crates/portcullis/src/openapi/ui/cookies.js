// An API key in a cookie. A page may not set a request's Cookie header: it puts the key in its
// cookies, for the address of one call alone and for as long as that call lasts, and takes it out
// again. Other sites cannot make the browser send it (SameSite=Strict), and nothing is kept.

// RFC 6265, section 4.1.1: a name is a token, a value has no quote, comma, semicolon or backslash. A
// space is none of its letters either, but is carried, except at an end.
const NAME = /^[!#$%&'*+.^_`|~\w-]+$/;
const VALUE = /^(?! )[\x20\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*(?<! )$/;

function attributes(name, url) {
  const secure = window.location.protocol === "https:" || /^__(host|secure)-/i.test(name);
  // The address of the call alone; but a `__Host-` cookie has no other path than `/`, and a
  // semicolon would end the attribute.
  const anywhere = /^__host-/i.test(name) || url.pathname.includes(";");
  return `; Path=${anywhere ? "/" : url.pathname}; SameSite=Strict${secure ? "; Secure" : ""}`;
}

function write(cookies, url, end = "") {
  for (const [name, value] of cookies) {
    document.cookie = `${name}=${end ? "" : value}${attributes(name, url)}${end}`;
  }
}

// One call at a time: the end of one must not take away the key of the next.
let last = Promise.resolve();

/** Makes the call with the cookies, `[name, value]` each. */
export function fetchWithCookies(address, cookies, call) {
  const url = new URL(address, document.baseURI);
  // Another origin's cookies are out of reach.
  if (url.origin !== window.location.origin) return call();
  for (const [name, value] of cookies) {
    if (!NAME.test(name) || !VALUE.test(value)) {
      return Promise.reject(new Error(`The cookie ${name} cannot carry this value.`));
    }
  }
  const answered = last.then(async () => {
    const takeOut = () => write(cookies, url, "; Max-Age=0");
    // Also when the page is left before there is an answer.
    window.addEventListener("pagehide", takeOut);
    write(cookies, url);
    try {
      return await call();
    } finally {
      window.removeEventListener("pagehide", takeOut);
      takeOut();
    }
  });
  last = answered.catch(() => {});
  return answered;
}
