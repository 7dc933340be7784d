package dev.alcada.audit;

import dev.alcada.counter.CounterId;
import dev.alcada.counter.Ended;
import dev.alcada.decision.Decision;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What of an event stands in a record, in which order. */
final class Records {
  private static final int MOST_NAMES = 100;
  private static final int MOST_LIMITS = 100;
  private static final int MOST_MARKS = 100;

  private Records() {}

  static void write(Object event, JsonBytes json) {
    if (event instanceof DecisionEvent decision) {
      decision(decision, json);
    } else if (event instanceof SettlementEvent settlement) {
      settlement(settlement, json);
    } else if (event instanceof ApprovalEvent approval) {
      approval(approval, json);
    } else if (event instanceof LateSettlementEvent late) {
      json.raw("\"late_settlement\"")
          .member("id", late.callId())
          .member("at", late.at())
          .member("settled", settled(late.result()));
    } else if (event instanceof TakenBackEvent taken) {
      // Not the key's value, which may be an argument's.
      json.raw("\"taken_back\"")
          .member("at", taken.at())
          .member("counter", taken.key().counter().name())
          .member("scope", taken.key().counter().scope());
    } else {
      throw new IllegalArgumentException("no event: " + event.getClass().getName());
    }
  }

  private static void decision(DecisionEvent event, JsonBytes json) {
    json.raw("\"decision\"").member("id", event.id()).member("at", event.at());
    who(event, json);
    decided(event.decision(), json);
    json.member("policy", event.policyRevision())
        .member("arguments", event.argumentNames(), MOST_NAMES)
        .member("arguments_digest", event.argumentsDigest());
    limits(event.limits(), json);
    marks(event, json);
    approval(event, json);
    json.member("decide_ns", event.timeToDecide().toNanos());
    Duration reserve = event.timeToReserve();
    if (reserve != null) {
      json.member("reserve_ns", reserve.toNanos());
    }
    Decision shadow = event.shadow();
    if (shadow != null) {
      json.name("shadow").raw("{");
      decided(shadow, json);
      json.raw("}");
    }
  }

  private static void who(DecisionEvent event, JsonBytes json) {
    json.member("tool", event.tool())
        .member("grant", event.grant())
        .member("session", event.session())
        .member("client", event.client());
  }

  private static void decided(Decision decision, JsonBytes json) {
    json.member("outcome", outcome(decision));
    if (decision.code() != null) {
      json.member("rule", decision.rule())
          .member("location", decision.location())
          .member("code", decision.code().text())
          .member("message", decision.message());
    }
    Duration wait = decision.retryAfter();
    if (wait != null) {
      json.member("retry_after", wait.toSeconds());
    }
  }

  static String outcome(Decision decision) {
    return decision instanceof Decision.Allowed
        ? "allowed"
        : decision instanceof Decision.Denied ? "denied" : "approval_required";
  }

  private static void limits(List<LimitUse> limits, JsonBytes json) {
    if (limits.isEmpty()) {
      return;
    }
    json.name("limits").raw("[");
    for (int i = 0; i < Math.min(MOST_LIMITS, limits.size()); i++) {
      LimitUse use = limits.get(i);
      json.raw(i == 0 ? "{" : ",{")
          .member("counter", use.counter().name())
          .member("scope", use.counter().scope())
          .member(
              "window",
              use.counter().window() == null ? null : use.counter().window().length().toString())
          .member("max", use.max().toPlainString())
          .member("amount", use.amount().toPlainString())
          .member("before", plain(use.before()))
          .member("after", plain(use.after()))
          .raw("}");
    }
    json.raw("]");
  }

  private static void marks(DecisionEvent event, JsonBytes json) {
    List<MarkUse> read = event.marksRead();
    if (!read.isEmpty()) {
      json.name("marks_read").raw("[");
      for (int i = 0; i < Math.min(MOST_MARKS, read.size()); i++) {
        mark(read.get(i).mark(), i, json)
            .name("there")
            .raw(Boolean.toString(read.get(i).there()))
            .raw("}");
      }
      json.raw("]");
    }
    left(event.marksLeft(), json);
  }

  private static void left(List<CounterId> marks, JsonBytes json) {
    if (!marks.isEmpty()) {
      json.name("marks_left").raw("[");
      for (int i = 0; i < Math.min(MOST_MARKS, marks.size()); i++) {
        mark(marks.get(i), i, json).raw("}");
      }
      json.raw("]");
    }
  }

  private static JsonBytes mark(CounterId mark, int place, JsonBytes json) {
    return json.raw(place == 0 ? "{" : ",{")
        .member("mark", mark.name())
        .member("scope", mark.scope());
  }

  private static @Nullable String plain(@Nullable BigDecimal amount) {
    return amount == null ? null : amount.toPlainString();
  }

  private static void approval(DecisionEvent event, JsonBytes json) {
    if (event.approvalId() != null) {
      json.member("approval", event.approvalId());
      if (!event.answeredBy().isEmpty()) {
        json.member("answered_by", event.answeredBy(), MOST_NAMES);
      }
    }
  }

  private static void settlement(SettlementEvent event, JsonBytes json) {
    DecisionEvent decided = event.decided();
    json.raw("\"settlement\"").member("id", decided.id()).member("at", event.at());
    who(decided, json);
    json.member("handler", event.handler().name().toLowerCase(Locale.ROOT))
        .member("settled", settled(event.result()));
    if (event.failure() != null) {
      json.member("failure", event.failure().getClass().getName());
    }
    left(event.marksLeft(), json);
    approval(decided, json);
  }

  private static String settled(Ended ended) {
    return ended.name().toLowerCase(Locale.ROOT);
  }

  private static void approval(ApprovalEvent event, JsonBytes json) {
    json.raw("\"approval\"")
        .member("approval", event.approvalId())
        .member("at", event.at())
        .member("change", event.change().name().toLowerCase(Locale.ROOT))
        .member("tool", event.tool())
        .member("grant", event.grant())
        .member("answered_by", event.answeredBy());
    if (event.approved() != null) {
      json.name("approved").raw(event.approved().toString());
    }
    json.member("expires_at", event.expiresAt());
  }
}
