//! `ActiveToken`: users and machines at one route, and neither after its end.

use portcullis::account::ClientAdministration;
use portcullis::openapi::{ApiRouter, routing};
use portcullis::{AccessToken, ActiveToken, Auth, Security, scopes};

use super::{InForm, draft, text};
use crate::fixture::{House, bearer, get, send};

scopes!(ItemsRead = "items:read");
scopes!(UsersRead = "users:read");

async fn items(token: Security<ActiveToken, ItemsRead>) -> &'static str {
    if token.is_of_client() {
        "machine"
    } else {
        "user"
    }
}

async fn users(_: Security<ActiveToken, UsersRead>) {}

async fn claims(_: AccessToken) {}

fn routes() -> ApiRouter<Auth> {
    ApiRouter::new()
        .api_route("/items", routing::get(items))
        .api_route("/users", routing::get(users))
        .api_route("/claims", routing::get(claims))
}

#[tokio::test]
async fn users_and_machines_are_let_in_by_their_scopes() {
    let house = House::new().await;
    let report = InForm::new(&house, draft("report")).await;
    let own = report.own().await;
    let app = house.app(routes());
    let machine = send(&app, bearer("/items", text(&own, "access_token"))).await;
    assert_eq!((machine.status, machine.text()), (200, "machine"));
    let john = house.johndoe().await;
    let user = send(&app, bearer("/items", &john)).await;
    assert_eq!((user.status, user.text()), (200, "user"));
    assert_eq!(send(&app, bearer("/users", &john)).await.status, 200);
    let refused = send(&app, bearer("/users", text(&own, "access_token"))).await;
    assert_eq!(refused.refusal().1, "insufficient_scope");
    let nobody = send(&app, get("/items", &[])).await;
    assert_eq!(nobody.refusal().1, "not_authenticated");
    let alice = send(&app, bearer("/items", &house.alice().await)).await;
    assert_eq!(alice.refusal(), (400, "inactive_user".into(), None));
}

#[tokio::test]
async fn what_is_ended_is_over_at_the_next_request() {
    let house = House::new().await;
    let app = house.app(routes());
    let status = async |path: &str, token: &str| send(&app, bearer(path, token)).await.status;
    let report = InForm::new(&house, draft("report")).await;
    let revoked = report.own().await;
    let revoked = text(&revoked, "access_token");
    let kept = report.own().await;
    let kept = text(&kept, "access_token");
    report.post("/revoke", &format!("token={revoked}")).await;
    assert_eq!(status("/items", revoked).await, 401);
    assert_eq!(status("/items", kept).await, 200);
    ClientAdministration::new(&*house.store)
        .delete("report")
        .await
        .unwrap();
    assert_eq!(status("/items", kept).await, 401);
    // Who reads the claims alone does not see it.
    assert_eq!(status("/claims", kept).await, 200);

    let john = house.johndoe().await;
    house
        .administration()
        .set_disabled("johndoe", true)
        .await
        .unwrap();
    assert_eq!(status("/items", &john).await, 401);
}
