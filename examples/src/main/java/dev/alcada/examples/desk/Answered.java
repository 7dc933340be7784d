package dev.alcada.examples.desk;

import dev.alcada.approval.ApprovalRequest;
import dev.alcada.approval.ApprovalState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Remembers the requests answered last, and what became of them. Thread-safe. */
final class Answered {
  private static final int MOST = 10;

  // Guarded by this.
  private final Map<String, ApprovalRequest> requests =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, ApprovalRequest> eldest) {
          return size() > MOST;
        }
      };

  synchronized void changed(ApprovalRequest request) {
    if (request.state() != ApprovalState.PENDING) {
      requests.put(request.id(), request);
    }
  }

  synchronized List<ApprovalRequest> newestFirst() {
    List<ApprovalRequest> newest = new ArrayList<>(requests.values());
    Collections.reverse(newest);
    return newest;
  }
}
