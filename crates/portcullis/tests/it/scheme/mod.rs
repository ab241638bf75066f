//! How a credential arrives, in a developer's own routes.

mod composition;
mod form;
mod form_body;
mod own_refusal;
mod password_bearer;
