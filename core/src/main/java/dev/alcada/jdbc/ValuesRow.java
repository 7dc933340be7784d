package dev.alcada.jdbc;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The different values of one key: each by its digest, with the stamp of the call that had it last
 * and the identifier of the one that brought it in, as long as no other has had it since.
 */
final class ValuesRow extends Row {
  private record Value(long stamp, long id, String digest) {}

  private static final int DIGEST = 16;
  private static final int ENTRY = 2 * Long.BYTES + DIGEST;

  private List<Value> values;

  private ValuesRow(long newest, List<Value> values) {
    super(CounterId.Kind.DISTINCT, newest);
    this.values = values;
  }

  static ValuesRow empty() {
    return new ValuesRow(NOW, List.of());
  }

  static ValuesRow read(long newest, ByteBuffer in) {
    if (in.remaining() % ENTRY != 0) {
      throw damaged();
    }
    List<Value> values = new ArrayList<>();
    while (in.hasRemaining()) {
      long stamp = in.getLong();
      long id = in.getLong();
      byte[] digest = new byte[DIGEST];
      in.get(digest);
      values.add(new Value(stamp, id, HexFormat.of().formatHex(digest)));
    }
    return new ValuesRow(newest, values);
  }

  @Override
  int bytes() {
    return values.size() * ENTRY;
  }

  @Override
  void write(ByteBuffer out) {
    for (Value value : values) {
      out.putLong(value.stamp).putLong(value.id).put(HexFormat.of().parseHex(value.digest));
    }
  }

  @Override
  void expire(Wanted by, long now) {
    values = values.stream().filter(value -> by.span().leaves(value.stamp) > now).toList();
  }

  @Override
  long freeAt(Wanted by) {
    Set<String> own = digests(by);
    List<Value> others =
        values.stream()
            .filter(value -> !own.contains(value.digest))
            .sorted(Comparator.comparingLong(Value::stamp))
            .toList();
    long leaving = others.size() - (charge(by).max() - own.size());
    return leaving <= 0 || others.isEmpty()
        ? NOW
        : by.span().leaves(others.get((int) Math.min(leaving, others.size()) - 1).stamp);
  }

  @Override
  long used(Wanted by) {
    return values.size();
  }

  @Override
  long nextLeaves(Wanted by) {
    return values.stream().mapToLong(value -> by.span().leaves(value.stamp)).min().orElse(NOW);
  }

  @Override
  long expiry(Wanted by) {
    return values.stream().mapToLong(value -> by.span().leaves(value.stamp)).max().orElse(NOW);
  }

  @Override
  int running() {
    return 0;
  }

  @Override
  long add(Wanted by, long now, long id) {
    long stamp = by.span().stamp(now);
    Set<String> own = digests(by);
    List<Value> next = new ArrayList<>();
    for (Value value : values) {
      next.add(own.remove(value.digest) ? new Value(stamp, NOBODY, value.digest) : value);
    }
    own.forEach(digest -> next.add(new Value(stamp, id, digest)));
    values = next;
    touch(now);
    return stamp;
  }

  @Override
  boolean end(Wanted by, long stamp, long id, End how, long now) {
    if (how != End.CANCELLED || values.stream().noneMatch(value -> value.id == id)) {
      return false;
    }
    values = values.stream().filter(value -> value.id != id).toList();
    touch(now);
    return true;
  }

  private static Charge.Distinct charge(Wanted by) {
    return (Charge.Distinct) by.charge();
  }

  private static Set<String> digests(Wanted by) {
    return charge(by).values().stream().map(Wanted::digestOfAny).collect(Collectors.toSet());
  }
}
