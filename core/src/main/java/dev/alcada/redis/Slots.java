package dev.alcada.redis;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Mark;
import dev.alcada.counter.Refusal;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where the keys of a store lie of which each grant has a slot. A grant's own are in its slot, also
 * those that its calls choose, so that their bound holds; every other counter has a slot, so that
 * the bound of its keys holds, whoever makes them up. Immutable.
 *
 * <p>The identifier of a call tells in which slots it is recorded, and in which its end may change
 * something besides, so that a late word is the last in all: {@code ID.SLOT.SLOT+SLOT}.
 */
final class Slots {
  private static final String SLOT = "[A-Za-z0-9_-]{22}";
  private static final Pattern ID =
      Pattern.compile("([^.+]+)((?:\\.%s)+)((?:\\+%s)*)".formatted(SLOT, SLOT));

  /** What counts by these alone has the grant as its value. */
  private static final Set<String> OF_GRANTS = Set.of("grant", "session", "once");

  /** In so many draws even of a thousand nodes each is met. */
  private static final int DRAWS = 100_000;

  private final Keys store;

  /**
   * @param store how the keys of all slots begin
   */
  Slots(Keys store) {
    this.store = store;
  }

  /** {@return the slot that a key lies in} */
  Keys of(CounterKey key) {
    return slot(nameOf(key));
  }

  /** {@return those that a key may lie in of which an operator need not know whose it is} */
  List<Keys> perhapsOf(CounterKey key) {
    Keys own = of(key);
    return key.owner() == null && !OF_GRANTS.contains(key.counter().scope())
        ? List.of(own, slot(ofGrant(key.value())))
        : List.of(own);
  }

  private Keys slot(String name) {
    return new Keys(store, Keys.digest(name));
  }

  private static String nameOf(CounterKey key) {
    String owner = key.owner();
    if (owner != null) {
      return ofGrant(owner);
    }
    return OF_GRANTS.contains(key.counter().scope())
        ? ofGrant(key.value())
        : "counter " + key.counter().text();
  }

  private static String ofGrant(String grant) {
    return "grant " + grant;
  }

  /** {@return a slot of each node that keeps keys} */
  List<Keys> ofEachNode(RedisLink link) {
    List<Keys> all = new ArrayList<>();
    Set<String> nodes = new HashSet<>();
    for (int i = 0; i < DRAWS && all.size() < link.nodes(); i++) {
      Keys drawn = slot(UUID.randomUUID().toString());
      RedisClusterNode node = link.node(drawn.of("p"));
      if (node != null && nodes.add(node.getNodeId())) {
        all.add(drawn);
      }
    }
    return all;
  }

  /**
   * Returns what a call wants of each slot, in the order in which they are asked: the same for all
   * calls, so that of two that want the last of several limits one gets it. Those whose marks
   * decide come last, when all else is reserved: calls that would each change what another was
   * judged by are never all admitted.
   *
   * @throws IllegalArgumentException if two charges have the same key
   */
  List<Share> shares(Demand demand) {
    ReserveCall.checkKeys(demand);
    Map<String, Share> shares = new LinkedHashMap<>();
    for (int i = 0; i < demand.size(); i++) {
      Charge charge = demand.charge(i);
      Share share = share(shares, charge.key());
      share.demand.charge(charge);
      share.charges.add(i);
    }
    for (int i = 0; i < demand.tried().size(); i++) {
      Mark mark = demand.tried().get(i);
      Share share = share(shares, mark.key());
      share.demand.tried(mark);
      share.tried.add(demand.size() + i);
    }
    for (int i = 0; i < demand.reads().size(); i++) {
      Demand.Read read = demand.reads().get(i);
      Share share = share(shares, read.key());
      share.demand.reads(read.key(), read.there());
      share.reads.add(i);
      share.judged |= read.there() != null;
    }
    for (Mark mark : demand.done()) {
      share(shares, mark.key()).demand.done(mark);
    }
    List<Share> all = new ArrayList<>(shares.values());
    all.sort(
        Comparator.comparing((Share share) -> share.judged)
            .thenComparing(share -> share.keys.slot()));
    return all;
  }

  private Share share(Map<String, Share> shares, CounterKey key) {
    return shares.computeIfAbsent(nameOf(key), name -> new Share(slot(name)));
  }

  /** {@return marks by where they lie} */
  Map<String, List<Mark>> bySlot(Collection<Mark> marks) {
    Map<String, List<Mark>> all = new LinkedHashMap<>();
    for (Mark mark : marks) {
      all.computeIfAbsent(of(mark.key()).slot(), slot -> new ArrayList<>()).add(mark);
    }
    return all;
  }

  Keys named(String slot) {
    return new Keys(store, slot);
  }

  /**
   * {@return where a call is recorded, by its identifier; nowhere if it is none of this store's}
   */
  Holds of(String reservation) {
    Matcher matcher = ID.matcher(reservation);
    return matcher.matches()
        ? new Holds(group(matcher, 1), listed(group(matcher, 2)), listed(group(matcher, 3)))
        : new Holds("", List.of(), List.of());
  }

  private static String group(Matcher matcher, int number) {
    return Objects.requireNonNull(matcher.group(number));
  }

  private List<Keys> listed(String slots) {
    List<Keys> all = new ArrayList<>();
    for (int at = 1; at < slots.length(); at += 23) {
      all.add(named(slots.substring(at, at + 22)));
    }
    return all;
  }

  /**
   * Where a call holds something.
   *
   * @param id what its records are found by
   * @param recorded the slots that have one
   * @param others those without one in which its end may change something
   */
  record Holds(String id, List<Keys> recorded, List<Keys> others) {}

  /** What a call wants of one slot, and the places that this has in the whole. */
  static final class Share {
    final Keys keys;
    final Demand.Builder demand = Demand.builder();
    final List<Integer> charges = new ArrayList<>();
    final List<Integer> tried = new ArrayList<>();
    final List<Integer> reads = new ArrayList<>();
    boolean judged;

    private Share(Keys keys) {
      this.keys = keys;
    }

    /** Whether the slot has to be asked before the call runs. */
    boolean asks() {
      return !charges.isEmpty() || !tried.isEmpty() || !reads.isEmpty();
    }

    /** Whether the end of the call may change something in the slot, though it has no record. */
    boolean mayEnd() {
      return !charges.isEmpty() || !demand.build().done().isEmpty();
    }

    /** {@return a refusal of this as one of the whole} */
    @Nullable Refusal inAll(@Nullable Refusal refusal) {
      if (refusal == null || refusal.index() < 0) {
        return refusal;
      }
      int own = refusal.index();
      int index = own < charges.size() ? charges.get(own) : tried.get(own - charges.size());
      Refusal.Earlier earlier = refusal.earlier();
      return earlier != null
          ? Refusal.duplicate(index, earlier)
          : new Refusal(index, refusal.reason(), refusal.retryAfter());
    }
  }
}
