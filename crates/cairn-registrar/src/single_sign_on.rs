//! Single sign-on of an organisation by OpenID Connect.
