//! The log, on standard error. It holds no secret: types that carry one print `…`.

use tracing_subscriber::EnvFilter;

use crate::config::Config;

/// Starts the log.
pub(crate) fn start(config: &Config) {
    // What other crates tell at debug may quote a request; ours never does.
    let filter = EnvFilter::new(format!(
        "warn,portcullis={level},portcullis_sql={level},portcullis_server={level}",
        level = config.log_level
    ));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    // A log that is running already is not a reason not to serve.
    let _ = if config.log_json {
        log.json().try_init()
    } else {
        log.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
            .try_init()
    };
}
