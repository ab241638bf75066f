//! `Auth` as a part of a larger state.

use axum::extract::{FromRef, State};
use portcullis::openapi::{ApiRouter, Document, routing};
use portcullis::{ActiveUser, Auth};

use crate::fixture::{House, bearer, login, send};

#[derive(Clone)]
struct Shop {
    name: &'static str,
    auth: Auth,
}

impl FromRef<Shop> for Auth {
    fn from_ref(shop: &Shop) -> Self {
        shop.auth.clone()
    }
}

async fn sign(State(shop): State<Shop>, user: ActiveUser) -> String {
    format!("{} greets {}", shop.name, user.username)
}

#[tokio::test]
async fn the_state_may_hold_more() {
    let house = House::new().await;
    let api = ApiRouter::new()
        .api_route("/sign", routing::get(sign))
        .merge(portcullis::router::<Shop>(&house.auth));
    let auth = house.auth.clone();
    let app = Document::new("Shop", "1.0").serve(api).unwrap();
    let app = app.with_state(Shop {
        name: "The shop",
        auth,
    });
    let answer = send(&app, login("username=johndoe&password=secret")).await;
    let token = answer.json()["access_token"].as_str().unwrap().to_owned();
    let answer = send(&app, bearer("/sign", &token)).await;
    assert_eq!(
        (answer.status, answer.text()),
        (200, "The shop greets johndoe")
    );
    assert_eq!(send(&app, bearer("/users/me", &token)).await.status, 200);
}
