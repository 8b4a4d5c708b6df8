//! `lattice-worker`: command line, logs and signals around [`lattice_worker::run`].

use lattice_worker::Config;
use std::{
    io::{ErrorKind, IsTerminal, Read},
    process::ExitCode,
    time::Duration,
};
use tokio::{
    signal::unix::{signal, SignalKind},
    sync::watch,
};
use tracing_subscriber::EnvFilter;

/// A proof cannot be interrupted; after this long its thread is left behind.
const SHUTDOWN_PATIENCE: Duration = Duration::from_secs(2);

fn main() -> ExitCode {
    let config = Config::from_command_line();
    start_logging(config.log_json);
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "cannot start");
            return ExitCode::FAILURE;
        }
    };
    let result = runtime.block_on(async {
        let (stop, stopped) = watch::channel(false);
        if config.supervised {
            stop_with_standard_input(stop.clone());
        }
        tokio::spawn(await_signals(stop));
        lattice_worker::run(config, stopped).await
    });
    runtime.shutdown_timeout(SHUTDOWN_PATIENCE);
    match result {
        Ok(()) => {
            tracing::info!("stopped");
            ExitCode::SUCCESS
        }
        Err(error) => {
            tracing::error!(%error, "the worker cannot go on");
            ExitCode::from(error.exit_status())
        }
    }
}

fn start_logging(json: bool) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        // A log that cannot be written, since its reader is gone, must not end what is being logged.
        .log_internal_errors(false);
    if json {
        // Of the spans the innermost is enough: it has the request.
        let builder = builder.json().flatten_event(true);
        builder.with_span_list(false).init();
    } else {
        builder.with_ansi(std::io::stderr().is_terminal()).init();
    }
}

/// Stops when standard input closes, as it does when the process at its other end is gone, however it
/// went. A thread of its own: a read of standard input would hold up the end of the runtime.
fn stop_with_standard_input(stop: watch::Sender<bool>) {
    std::thread::spawn(move || {
        let mut input = std::io::stdin().lock();
        let mut ignored = [0; 256];
        loop {
            match input.read(&mut ignored) {
                Ok(0) => break,
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        tracing::info!("standard input closed");
        stop.send_replace(true);
    });
}

/// The first SIGTERM or SIGINT stops gracefully, the second at once.
async fn await_signals(stop: watch::Sender<bool>) {
    let (Ok(mut terminate), Ok(mut interrupt)) = (
        signal(SignalKind::terminate()),
        signal(SignalKind::interrupt()),
    ) else {
        tracing::error!("cannot listen for signals");
        return;
    };
    for first in [true, false] {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        if first {
            tracing::info!("signal received; a second one stops at once");
            stop.send_replace(true);
        } else {
            std::process::exit(130);
        }
    }
}
