//! Keys in the query, in a header and in a cookie.

use super::{Case, Request};

const QUERY: &[(&str, &str)] = &[
    ("absent", ""),
    ("right", "?key=k"),
    ("name alone", "?key"),
    ("empty", "?key="),
    ("among others", "?a=1&key=k&b=2"),
    ("empty pairs around", "?&&key=k&"),
    ("repeated, the same", "?key=k&key=k"),
    ("repeated, another", "?key=k&key=other"),
    ("repeated, the first empty", "?key=&key=k"),
    ("repeated, the last empty", "?key=k&key="),
    ("percent-encoded", "?key=%6b%2F%3d"),
    ("name percent-encoded", "?%6bey=k"),
    ("plus sign", "?key=a+b"),
    ("plus sign, encoded", "?key=a%2Bb"),
    ("equals sign", "?key=a=b"),
    ("semicolon", "?a=1;key=k"),
    ("UTF-8", "?key=%c3%bc"),
    ("not UTF-8", "?key=%fc"),
    ("a percent sign alone", "?key=100%"),
    ("a NUL", "?key=%00"),
    ("blank", "?key=%20"),
    ("name in upper case", "?KEY=k"),
    ("a list's name", "?key[]=k"),
];

type Headers = &'static [(&'static str, &'static [u8])];

const HEADER: &[(&str, Headers)] = &[
    ("absent", &[]),
    ("right", &[("X-Key", b"k")]),
    ("name in lower case", &[("x-key", b"k")]),
    ("name in upper case", &[("X-KEY", b"k")]),
    ("empty", &[("X-Key", b"")]),
    ("blanks alone", &[("X-Key", b"  \t ")]),
    ("blanks around", &[("X-Key", b"  k  ")]),
    ("blank inside", &[("X-Key", b"a b")]),
    ("comma", &[("X-Key", b"a, b")]),
    ("quoted", &[("X-Key", b"\"k\"")]),
    ("percent-encoded", &[("X-Key", b"%6b")]),
    ("UTF-8", &[("X-Key", b"\xc3\xbc")]),
    ("Latin-1", &[("X-Key", b"\xfc")]),
    ("repeated, the same", &[("X-Key", b"k"), ("X-Key", b"k")]),
    ("repeated, another", &[("X-Key", b"k"), ("x-key", b"other")]),
    (
        "repeated, the first empty",
        &[("X-Key", b""), ("X-Key", b"k")],
    ),
    ("a name with an underscore", &[("X_Key", b"k")]),
    ("as Authorization", &[("authorization", b"APIKey k")]),
    ("another header", &[("X-Other", b"k")]),
];

const COOKIE: &[(&str, &[&[u8]])] = &[
    ("absent", &[]),
    ("right", &[b"key=k"]),
    ("empty header", &[b""]),
    ("empty", &[b"key="]),
    ("name alone", &[b"key"]),
    ("among others", &[b"a=1; key=k; b=2"]),
    ("no space between", &[b"a=1;key=k"]),
    ("blanks around", &[b" key = k ; a=1"]),
    ("repeated, the same", &[b"key=k; key=k"]),
    ("repeated, another", &[b"key=k; key=other"]),
    ("repeated, the last empty", &[b"key=k; key="]),
    ("two lines", &[b"a=1", b"key=k"]),
    ("two lines, the key first", &[b"key=k", b"a=1"]),
    ("repeated in two lines", &[b"key=k", b"key=other"]),
    ("quoted", &[b"key=\"k\""]),
    ("quoted, with a semicolon", &[b"key=\"a;b\""]),
    ("quoted, with an escape", &[b"key=\"a\\054b\""]),
    ("quoted, empty", &[b"key=\"\""]),
    ("half quoted", &[b"key=\"k"]),
    ("percent-encoded", &[b"key=%6b"]),
    ("plus sign", &[b"key=a+b"]),
    ("equals sign", &[b"key=a=b"]),
    ("comma", &[b"key=a,b"]),
    ("UTF-8", &[b"key=\xc3\xbc"]),
    ("Latin-1", &[b"key=\xfc"]),
    ("name in upper case", &[b"KEY=k"]),
    ("a longer name", &[b"keys=k"]),
    ("with a prefix", &[b"__Host-key=k"]),
    ("an attribute", &[b"$Version=1; key=k"]),
];

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut add = |route: String, what: &str, request: Request| {
        let name = format!("{route}: {what}");
        cases.push(Case { name, request });
    };
    for need in ["required", "optional"] {
        let route = format!("api_key_query/{need}");
        for (what, query) in QUERY {
            add(
                route.clone(),
                what,
                Request::get(&format!("/{route}{query}")),
            );
        }
        let route = format!("api_key_header/{need}");
        for (what, headers) in HEADER {
            let request = Request::get(&format!("/{route}"));
            let request = headers.iter().fold(request, |request, (name, value)| {
                request.header(name, value)
            });
            add(route.clone(), what, request);
        }
        let route = format!("api_key_cookie/{need}");
        for (what, lines) in COOKIE {
            let request = Request::get(&format!("/{route}"));
            let request = lines
                .iter()
                .fold(request, |request, line| request.header("cookie", line));
            add(route.clone(), what, request);
        }
        let route = format!("api_key_header_named/{need}");
        for (what, name) in [("right", "X-Other"), ("the key of another scheme", "X-Key")] {
            let request = Request::get(&format!("/{route}")).header(name, b"k");
            add(route.clone(), what, request);
        }
    }
    cases
}
