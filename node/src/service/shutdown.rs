//! The order in which a node with a worker stops.

use sc_service::{error::Error as ServiceError, TaskManager};
use tokio::runtime::Handle;

/// A manager of the tasks of `node` that drops `first` before it ends them.
///
/// A [`TaskManager`] that is dropped ends its own tasks, then drops what it keeps alive, then its children.
/// So what the node's own manager kept alive would end without network, pool and authoring. Here the node is
/// the child of a manager that has no tasks. Substrate's list of tasks that hang at the end is of the
/// parent's, and empty.
///
/// # Errors
/// As those of [`TaskManager::new`].
pub fn stopping_first(
    first: impl Send + 'static,
    node: TaskManager,
    runtime: Handle,
) -> Result<TaskManager, ServiceError> {
    // Without a registry: the node's tasks are counted in their own.
    let mut parent = TaskManager::new(runtime, None)?;
    parent.keep_alive(first);
    parent.add_child(node);
    Ok(parent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        sync::mpsc::{channel, RecvTimeoutError, Sender},
        time::Duration,
    };
    use tokio::{
        runtime::Runtime,
        sync::mpsc::{unbounded_channel, UnboundedSender},
        time::timeout,
    };

    /// Longest wait for something that must come.
    const PATIENCE: Duration = Duration::from_secs(30);

    /// When it is dropped it asks the node something, and tells whether there was an answer.
    struct LastQuestion {
        node: UnboundedSender<Sender<()>>,
        told: Sender<bool>,
    }

    impl Drop for LastQuestion {
        fn drop(&mut self) {
            let (answer, answered) = channel();
            let asked = self.node.send(answer).is_ok();
            let answered = asked && answered.recv_timeout(PATIENCE).is_ok();
            // The test may have failed already.
            let _ = self.told.send(answered);
        }
    }

    #[test]
    fn the_node_answers_what_stops_first_and_ends_after_it() {
        let runtime = Runtime::new().expect("a runtime");
        let node = TaskManager::new(runtime.handle().clone(), None).expect("no metrics");
        let (questions, mut asked) = unbounded_channel::<Sender<()>>();
        let (running, ended) = channel::<()>();
        node.spawn_handle().spawn("node", None, async move {
            let _running = running;
            while let Some(answer) = asked.recv().await {
                let _ = answer.send(());
            }
        });
        let (told, answered) = channel();
        let first = LastQuestion {
            node: questions.clone(),
            told,
        };
        let manager = stopping_first(first, node, runtime.handle().clone()).expect("no metrics");
        let early = ended.recv_timeout(Duration::from_millis(50));
        assert_eq!(early, Err(RecvTimeoutError::Timeout));
        // As Substrate's runner ends a node.
        drop(manager.into_task_registry());
        assert_eq!(answered.recv_timeout(PATIENCE), Ok(true));
        // The task's end of the channel is gone, though it could be asked more.
        let late = ended.recv_timeout(PATIENCE);
        assert_eq!(late, Err(RecvTimeoutError::Disconnected));
        drop(questions);
    }

    #[test]
    fn a_node_that_fails_ends_all_the_same() {
        let runtime = Runtime::new().expect("a runtime");
        let node = TaskManager::new(runtime.handle().clone(), None).expect("no metrics");
        let essential = node.spawn_essential_handle();
        essential.spawn("essential", None, async {});
        let manager = stopping_first("a worker", node, runtime.handle().clone());
        let mut manager = manager.expect("no metrics");
        let ended = runtime.block_on(async { timeout(PATIENCE, manager.future()).await });
        assert!(ended.expect("ends in time").is_err());
    }
}
