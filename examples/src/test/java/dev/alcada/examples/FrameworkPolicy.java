package dev.alcada.examples;

import dev.alcada.guard.Approvals;
import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** What each framework's adapter is tried with. */
final class FrameworkPolicy {
  static final int CAP = 10;

  private FrameworkPolicy() {}

  static ToolGuard guard(Approvals approvals) {
    return ToolGuard.builder(
            Policy.parse(
                """
                {
                  "version": "1",
                  "default": "deny",
                  "hide": ["secret"],
                  "tools": {
                    "echo": {"deny_if": [{"conditions": [{"path": "args.times", "op": "exists", "value": true},
                      {"path": "args.times", "op": "gt", "value": 3}]}]},
                    "unlucky": {},
                    "forgotten": {},
                    "adds": {},
                    "late": {},
                    "limited": {"limits": [{"counter": "limited", "window": "day", "max": 2}]},
                    "nothing": {"limits": [
                      {"counter": "nothing", "window": "day", "max": 1, "counts": "successes"}]},
                    "capped": {"limits": [{"counter": "capped", "window": "day", "max": %s}]},
                    "secret": {},
                    "refund": {"action": "require_approval", "reason": "Ask a person."},
                    "fails": {},
                    "errs": {}
                  }
                }
                """
                    .formatted(CAP)))
        .approvals(approvals)
        .build();
  }

  /** Returns how many of 32 concurrent calls ran. */
  static long ranOf32(Callable<String> call) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(32);
    try {
      List<Callable<String>> calls = new ArrayList<>();
      for (int i = 0; i < 32; i++) {
        calls.add(call);
      }
      long ran = 0;
      for (Future<String> result : threads.invokeAll(calls)) {
        ran += result.get().startsWith("[POLICY DENIED] ") ? 0 : 1;
      }
      return ran;
    } finally {
      threads.shutdownNow();
    }
  }
}
