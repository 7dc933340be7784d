package dev.alcada.audit;

import dev.alcada.counter.CounterId;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Mark;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * A mark that a call was judged by. The value it goes by is left out: it may be an argument's.
 *
 * @param mark the mark, with its name and scope
 * @param there whether it was there, by the store's answer
 */
public record MarkUse(CounterId mark, boolean there) {

  static List<MarkUse> of(List<Demand.Read> reads, List<Boolean> found) {
    List<MarkUse> uses = new ArrayList<>();
    for (int i = 0; i < Math.min(reads.size(), found.size()); i++) {
      uses.add(new MarkUse(reads.get(i).key().counter(), found.get(i)));
    }
    return List.copyOf(uses);
  }

  static List<CounterId> left(Collection<Mark> marks) {
    return marks.stream().map(mark -> mark.key().counter()).toList();
  }
}
