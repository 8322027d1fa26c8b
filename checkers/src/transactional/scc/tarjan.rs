//! Strongly connected components (Tarjan 1972) without recursion, of whatever can be walked.

/// What a search for components walks on.
pub(in crate::transactional) trait Walkable {
    /// How many nodes it has.
    fn count(&self) -> usize;

    /// What comes after `node`, one at a time: None at the end, Some(None) for nothing this time.
    fn next(&self, node: u32, cursor: u32) -> Option<Option<u32>>;
}

const UNSEEN: u32 = u32::MAX;

/// The number of a node whose component is known: later than every other, so that it lowers none.
const DONE: u32 = u32::MAX - 1;

/// How often it is asked whether to go on, in steps.
const LOOK: u32 = 1 << 16;

/// Tells the members of each component, a component before those that lead to it.
///
/// # Errors
/// What `stop` says, which is asked now and then.
pub(in crate::transactional) fn tarjan<E>(
    walkable: &impl Walkable,
    mut stop: impl FnMut() -> Option<E>,
    mut tell: impl FnMut(&[u32]),
) -> Result<(), E> {
    let mut search = Search {
        index: vec![UNSEEN; walkable.count()],
        low: vec![0; walkable.count()],
        stack: Vec::new(),
        calls: Vec::new(),
        count: 0,
    };
    let mut steps = 0_u32;
    for root in 0..walkable.count() as u32 {
        if search.index[root as usize] != UNSEEN {
            continue;
        }
        search.enter(root);
        while let Some(&(node, cursor)) = search.calls.last() {
            steps = steps.wrapping_add(1);
            if steps.is_multiple_of(LOOK)
                && let Some(reason) = stop()
            {
                return Err(reason);
            }
            search.go_on(walkable, node, cursor, &mut tell);
        }
    }
    Ok(())
}

struct Search {
    /// When each node was first seen.
    index: Vec<u32>,
    low: Vec<u32>,
    stack: Vec<u32>,
    calls: Vec<(u32, u32)>,
    count: u32,
}

impl Search {
    fn enter(&mut self, node: u32) {
        self.index[node as usize] = self.count;
        self.low[node as usize] = self.count;
        self.count += 1;
        self.stack.push(node);
        self.calls.push((node, 0));
    }

    /// Looks at what comes after `node` until it has to wait for one of them, or is through.
    fn go_on(
        &mut self,
        walkable: &impl Walkable,
        node: u32,
        mut cursor: u32,
        tell: &mut impl FnMut(&[u32]),
    ) {
        let mut low = self.low[node as usize];
        while let Some(next) = walkable.next(node, cursor) {
            cursor += 1;
            let Some(to) = next else { continue };
            let index = self.index[to as usize];
            if index == UNSEEN {
                self.low[node as usize] = low;
                let top = self.calls.len() - 1;
                self.calls[top].1 = cursor;
                return self.enter(to);
            }
            low = low.min(index);
        }
        self.low[node as usize] = low;
        self.leave(node, tell);
    }

    fn leave(&mut self, node: u32, tell: &mut impl FnMut(&[u32])) {
        self.calls.pop();
        let low = self.low[node as usize];
        if let Some(&(parent, _)) = self.calls.last() {
            let above = &mut self.low[parent as usize];
            *above = (*above).min(low);
        }
        if low != self.index[node as usize] {
            return;
        }
        let first = self.stack.iter().rposition(|&member| member == node);
        let first = first.expect("it was entered");
        for &member in &self.stack[first..] {
            self.index[member as usize] = DONE;
        }
        tell(&self.stack[first..]);
        self.stack.truncate(first);
    }
}
