//! The `oauth2` crate, a client that nobody here wrote, over this test's own connections.

use std::net::SocketAddr;

use oauth2::basic::{
    BasicClient, BasicErrorResponseType, BasicRequestTokenError, BasicTokenResponse,
};
use oauth2::{
    AccessToken, AuthType, ClientId, ClientSecret, EndpointNotSet, EndpointSet, HttpRequest,
    HttpResponse, IntrospectionUrl, RefreshToken, RequestTokenError, ResourceOwnerPassword,
    ResourceOwnerUsername, RevocationUrl, Scope, StandardRevocableToken,
    TokenIntrospectionResponse, TokenResponse, TokenUrl,
};

use crate::http;
use crate::server::{Server, portcullis, run, temporary_folder};

type Client = BasicClient<EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet, EndpointSet>;
type Granted = Result<BasicTokenResponse, BasicRequestTokenError<std::io::Error>>;

const PASSWORD: &str = "correct horse battery staple";
/// The crate revokes over https alone, so the server is behind a proxy: `transport`.
const ISSUER: &str = "https://id.example.com";

/// A client with a secret, which may ask what tokens are worth.
type Api = BasicClient<EndpointNotSet, EndpointNotSet, EndpointSet, EndpointNotSet, EndpointSet>;

/// A server, and a client that knows no more of it than its metadata.
struct Deployment {
    server: Server,
    client: Client,
}

impl Deployment {
    fn new() -> Self {
        let folder = temporary_folder();
        let mut add = portcullis(folder.path());
        add.args(["user", "add", "johndoe", "--password-stdin"]);
        add.args(["--scope", "users:read", "--scope", "users:write"]);
        assert!(run(add, PASSWORD).status.success());
        let server = Server::start(&folder, &[], &[("PORTCULLIS_ISSUER", ISSUER)]);
        let metadata = server.get("/.well-known/oauth-authorization-server", &[]);
        let metadata = metadata.json();
        let url = |name: &str| metadata[name].as_str().unwrap().to_owned();
        assert_eq!(url("issuer"), ISSUER);
        let client = BasicClient::new(ClientId::new("portcullis".into()))
            .set_token_uri(TokenUrl::new(url("token_endpoint")).unwrap())
            .set_revocation_url(RevocationUrl::new(url("revocation_endpoint")).unwrap());
        Self { server, client }
    }

    /// A confidential client, registered by the operator while the server runs.
    fn api(&self) -> Api {
        let mut add = portcullis(self.server.folder.path());
        add.args(["client", "add", "api", "--introspect", "--json"]);
        add.args(["--grant", "client_credentials", "--scope", "users:read"]);
        let added = run(add, "");
        assert!(added.status.success());
        let added: serde_json::Value = serde_json::from_slice(&added.stdout).unwrap();
        let text = |name: &str| added[name].as_str().unwrap().to_owned();
        let metadata = self
            .server
            .get("/.well-known/oauth-authorization-server", &[]);
        let metadata = metadata.json();
        let url = |name: &str| metadata[name].as_str().unwrap().to_owned();
        BasicClient::new(ClientId::new(text("client_id")))
            .set_client_secret(ClientSecret::new(text("client_secret")))
            .set_token_uri(TokenUrl::new(url("token_endpoint")).unwrap())
            .set_introspection_url(IntrospectionUrl::new(url("introspection_endpoint")).unwrap())
    }

    fn login(&self, password: &str) -> Granted {
        let name = ResourceOwnerUsername::new("johndoe".into());
        let password = ResourceOwnerPassword::new(password.into());
        let request = self.client.exchange_password(&name, &password);
        let scope = Scope::new("users:read".into());
        request
            .add_scope(scope)
            .request(&transport(self.server.address))
    }

    fn renew(&self, token: &RefreshToken) -> Granted {
        let request = self.client.exchange_refresh_token(token);
        request.request(&transport(self.server.address))
    }

    fn revoke(&self, token: impl Into<StandardRevocableToken>) {
        let request = self.client.revoke_token(token.into()).unwrap();
        let done = request.request(&transport(self.server.address));
        done.expect("revoked");
    }

    fn me(&self, granted: &BasicTokenResponse) -> http::Answer {
        self.server.me(granted.access_token().secret())
    }

    #[track_caller]
    fn refuses(&self, token: &RefreshToken) {
        let refused = self.renew(token).expect_err("a refusal");
        assert_eq!(error(refused), BasicErrorResponseType::InvalidGrant);
    }
}

/// The proxy that speaks TLS: whatever is asked of the issuer is asked of the server.
fn transport(address: SocketAddr) -> impl Fn(HttpRequest) -> Result<HttpResponse, std::io::Error> {
    move |request| {
        let asked = request.uri();
        assert_eq!(asked.scheme_str(), Some("https"));
        assert_eq!(asked.host(), Some("id.example.com"));
        let headers: Vec<_> = request
            .headers()
            .iter()
            .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
            .collect();
        let method = request.method().as_str();
        let answer = http::try_send(address, method, asked.path(), &headers, request.body())?;
        let mut response = ::http::Response::builder().status(answer.status);
        for (name, value) in &answer.headers {
            response = response.header(name, value);
        }
        response.body(answer.body).map_err(std::io::Error::other)
    }
}

fn refresh(granted: &BasicTokenResponse) -> &RefreshToken {
    granted.refresh_token().expect("a refresh token")
}

#[track_caller]
fn error(refused: BasicRequestTokenError<std::io::Error>) -> BasicErrorResponseType {
    let RequestTokenError::ServerResponse(response) = refused else {
        panic!("an OAuth error: {refused}");
    };
    response.error().clone()
}

#[test]
fn it_logs_in_and_understands_a_refusal() {
    let deployment = Deployment::new();
    let granted = deployment.login(PASSWORD).expect("a token");
    assert_eq!(granted.expires_in().unwrap().as_secs(), 900);
    let scopes = [Scope::new("users:read".into())];
    assert_eq!(granted.scopes().unwrap(), &scopes);
    let me = deployment.me(&granted);
    assert_eq!(me.json()["username"], "johndoe");

    let refused = deployment.login("wrong").unwrap_err();
    assert_eq!(error(refused), BasicErrorResponseType::InvalidGrant);
}

#[test]
fn it_renews_and_either_token_revokes() {
    let deployment = Deployment::new();
    for by_refresh_token in [true, false] {
        let first = deployment.login(PASSWORD).expect("a token");
        let second = deployment.renew(refresh(&first)).expect("a renewal");
        assert_ne!(refresh(&first).secret(), refresh(&second).secret());
        assert_ne!(
            first.access_token().secret(),
            second.access_token().secret()
        );
        assert_eq!(first.scopes(), second.scopes());
        assert_eq!(deployment.me(&second).status, 200);

        let other = deployment.login(PASSWORD).expect("a token");
        if by_refresh_token {
            deployment.revoke(refresh(&second));
        } else {
            deployment.revoke(second.access_token());
        }
        for dead in [&first, &second] {
            deployment.me(dead).refuses(401, "invalid_token");
        }
        deployment.refuses(refresh(&second));
        assert_eq!(deployment.me(&other).status, 200, "another login lives");
        deployment.renew(refresh(&other)).expect("a renewal");
    }
}

#[test]
fn a_spent_token_ends_the_session() {
    let deployment = Deployment::new();
    let first = deployment.login(PASSWORD).expect("a token");
    let second = deployment.renew(refresh(&first)).expect("a renewal");
    let third = deployment.renew(refresh(&second)).expect("a renewal");
    assert_eq!(deployment.me(&third).status, 200);
    deployment.refuses(refresh(&first));
    deployment.me(&third).refuses(401, "invalid_token");
    deployment.refuses(refresh(&third));
}

#[test]
fn an_api_gets_a_token_of_its_own_and_asks_about_those_of_users() {
    let deployment = Deployment::new();
    let api = deployment.api();
    for way in [AuthType::BasicAuth, AuthType::RequestBody] {
        let api = api.clone().set_auth_type(way);
        let transport = transport(deployment.server.address);
        let own = api.exchange_client_credentials().request(&transport);
        let own = own.expect("a token of its own");
        assert!(own.refresh_token().is_none());
        deployment.me(&own).refuses(401, "invalid_token");

        let ask = |token: &AccessToken| {
            let asked = api.introspect(token).request(&transport);
            asked.expect("an answer")
        };
        let seen = ask(own.access_token());
        assert_eq!((seen.active(), seen.username()), (true, None));
        assert_eq!(seen.client_id(), Some(api.client_id()));

        let granted = deployment.login(PASSWORD).expect("a token");
        let seen = ask(granted.access_token());
        assert_eq!((seen.active(), seen.username()), (true, Some("johndoe")));
        assert_eq!(seen.scopes().unwrap(), granted.scopes().unwrap());
        assert_eq!(seen.iss(), Some(ISSUER));
        deployment.revoke(granted.access_token());
        assert!(!ask(granted.access_token()).active(), "at once");
        let nonsense = AccessToken::new("nonsense".into());
        assert!(!ask(&nonsense).active());
    }
    let wrong = ClientSecret::new("wrong".into());
    let transport = transport(deployment.server.address);
    let api = api.set_client_secret(wrong);
    let refused = api.exchange_client_credentials().request(&transport);
    let code = error(refused.unwrap_err());
    assert_eq!(code, BasicErrorResponseType::InvalidClient);
}
