//! OAuth2 clients that nobody here wrote.

use std::process::Command;

use oauth2::basic::BasicClient;
use oauth2::{
    ClientId, HttpRequest, HttpResponse, ResourceOwnerPassword, ResourceOwnerUsername, Scope,
    TokenResponse, TokenUrl,
};

use crate::http;
use crate::server::{Server, assert_passes, root};

fn python(program: &str) {
    let server = Server::demo();
    let root = root();
    let mut command = Command::new(root.join("target/tools/python/bin/python"));
    command
        .arg(
            root.join("crates/portcullis-server/tests/clients")
                .join(program),
        )
        .arg(server.base_url());
    assert_passes(command);
}

#[test]
fn requests_oauthlib() {
    python("requests_oauthlib_client.py");
}

#[test]
fn authlib_and_two_jwt_libraries() {
    python("authlib_client.py");
}

#[test]
fn an_openapi_validator() {
    python("openapi_valid.py");
}

#[test]
fn schemathesis_anonymous_and_logged_in() {
    python("conformance.py");
}

/// The `oauth2` crate, over this test's own connection.
#[test]
fn the_oauth2_crate() {
    let server = Server::demo();
    let address = server.address;
    let transport = move |request: HttpRequest| -> Result<HttpResponse, std::io::Error> {
        let headers: Vec<_> = request
            .headers()
            .iter()
            .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
            .collect();
        let path = request.uri().path();
        let answer = http::try_send(
            address,
            request.method().as_str(),
            path,
            &headers,
            request.body(),
        )?;
        let mut response = ::http::Response::builder().status(answer.status);
        for (name, value) in &answer.headers {
            response = response.header(name, value);
        }
        response.body(answer.body).map_err(std::io::Error::other)
    };
    let token_url = TokenUrl::new(format!("{}/token", server.base_url())).unwrap();
    let client = BasicClient::new(ClientId::new("portcullis".into())).set_token_uri(token_url);
    let name = ResourceOwnerUsername::new("johndoe".into());
    let password = ResourceOwnerPassword::new("secret".into());
    let granted = client
        .exchange_password(&name, &password)
        .add_scope(Scope::new("items:read".into()))
        .request(&transport)
        .expect("a token");
    assert_eq!(granted.expires_in().unwrap().as_secs(), 900);
    assert_eq!(
        granted.scopes().unwrap(),
        &[Scope::new("items:read".into())]
    );
    let me = server.me(granted.access_token().secret());
    assert_eq!(me.json()["username"], "johndoe");

    let wrong = ResourceOwnerPassword::new("wrong".into());
    let refused = client
        .exchange_password(&name, &wrong)
        .request(&transport)
        .unwrap_err();
    let oauth2::RequestTokenError::ServerResponse(response) = refused else {
        panic!("an OAuth error: {refused}");
    };
    assert_eq!(
        response.error(),
        &oauth2::basic::BasicErrorResponseType::InvalidGrant
    );
}
