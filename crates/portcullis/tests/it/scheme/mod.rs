//! How a credential arrives, in a developer's own routes.

mod form;
mod form_body;
mod password_bearer;
