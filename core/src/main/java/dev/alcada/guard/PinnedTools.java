package dev.alcada.guard;

import dev.alcada.decision.Decision;
import dev.alcada.decision.Denials;
import dev.alcada.tool.ToolDefinition;
import dev.alcada.tool.ToolPins;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which tools are as a person accepted them. A name is let through if it is pinned, and all who
 * describe a tool of that name now describe the one that was accepted; so one server's tool never
 * takes the place of another's. What nobody describes is not known to be what was accepted.
 *
 * <p>Hashes are taken when tools are described, never when they are called.
 */
final class PinnedTools {
  private static final Logger LOG = LoggerFactory.getLogger(ToolGuard.class);
  private static final int MOST_TOLD = 1_000;

  private final List<Listing> listings = new ArrayList<>();
  private final Set<String> told = new HashSet<>();
  private volatile @Nullable InForce inForce;

  /** The tools that one party describes. Compared by identity. */
  private static final class Listing {
    private final List<ToolDefinition> tools;
    private final Set<String> accepted = new HashSet<>();
    private final Set<String> refused = new HashSet<>();

    Listing(Collection<ToolDefinition> tools, ToolPins pins) {
      this.tools = List.copyOf(tools);
      for (ToolDefinition tool : this.tools) {
        (pins.status(tool) == ToolPins.Status.PINNED ? accepted : refused).add(tool.name());
      }
    }

    Listing by(ToolPins others) {
      return new Listing(tools, others);
    }
  }

  /** What holds until somebody describes other tools or accepts them. */
  private record InForce(ToolPins pins, Set<String> accepted) {}

  PinnedTools(@Nullable ToolPins pins) {
    inForce = pins == null ? null : new InForce(pins, Set.of());
  }

  /** {@return why no call of a tool may run, or null if it is as it was pinned or nothing is} */
  Decision.@Nullable Denied denial(String tool) {
    InForce now = inForce;
    if (now == null || now.accepted.contains(tool)) {
      return null;
    }
    return now.pins.accepted(tool) == null ? Denials.TOOL_UNPINNED : Denials.TOOL_CHANGED;
  }

  /** {@return whether a tool is the one that was pinned, as it is described here too} */
  boolean accepts(ToolDefinition tool) {
    InForce now = inForce;
    return now == null
        || (now.accepted.contains(tool.name()) && now.pins.status(tool) == ToolPins.Status.PINNED);
  }

  @Nullable ToolPins pins() {
    InForce now = inForce;
    return now == null ? null : now.pins;
  }

  synchronized Registration describe(Collection<ToolDefinition> tools) {
    InForce now = inForce;
    if (now == null) {
      return () -> {};
    }
    Listing listing = new Listing(tools, now.pins);
    listings.add(listing);
    settle(now.pins);
    tell(now.pins, listing);
    return () -> withdraw(listing);
  }

  private synchronized void withdraw(Listing listing) {
    InForce now = inForce;
    // By what it described: whoever accepted tools meanwhile has made another listing of it.
    if (now != null && listings.removeIf(one -> one.tools == listing.tools)) {
      settle(now.pins);
    }
  }

  synchronized void replace(ToolPins pins) {
    if (inForce == null) {
      throw new IllegalStateException(
          "This guard was built without pins; give it some by ToolGuard.Builder.pins.");
    }
    List<Listing> anew = listings.stream().map(one -> one.by(pins)).toList();
    listings.clear();
    listings.addAll(anew);
    settle(pins);
    told.clear();
    anew.forEach(listing -> tell(pins, listing));
  }

  private void settle(ToolPins pins) {
    Set<String> accepted = new HashSet<>();
    listings.forEach(listing -> accepted.addAll(listing.accepted));
    listings.forEach(listing -> accepted.removeAll(listing.refused));
    inForce = new InForce(pins, accepted);
  }

  /** Tells the operator of each difference once; a log that fails changes nothing. */
  private void tell(ToolPins pins, Listing listing) {
    try {
      for (String difference : pins.compare(listing.tools).differences()) {
        if (told.size() < MOST_TOLD && told.add(difference)) {
          LOG.warn("A tool is denied, since it is not as it was pinned: {}", difference);
        }
      }
    } catch (RuntimeException e) {
      // There is nobody left to tell.
    }
  }
}
