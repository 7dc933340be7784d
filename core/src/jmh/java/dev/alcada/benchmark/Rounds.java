package dev.alcada.benchmark;

import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.runner.RunnerException;

/** What each round of a comparison gave. */
final class Rounds {
  private final Comparison comparison;
  private final List<Double> ours = new ArrayList<>();
  private final List<Double> peers = new ArrayList<>();

  Rounds(Comparison comparison) {
    this.comparison = comparison;
  }

  String name() {
    return comparison.name();
  }

  boolean hasPeer() {
    return comparison.peer() != null;
  }

  /** Runs ours and the peer, one right after the other. */
  void addRound(Runs runs, boolean oursFirst) throws RunnerException {
    String peer = comparison.peer();
    if (peer == null) {
      ours.add(runs.figure(comparison.ours()));
    } else if (oursFirst) {
      ours.add(runs.newFigure(comparison.ours()));
      peers.add(runs.newFigure(peer));
    } else {
      peers.add(runs.newFigure(peer));
      ours.add(runs.newFigure(comparison.ours()));
    }
  }

  List<Double> ours() {
    return ours;
  }

  List<Double> peers() {
    return peers;
  }

  /** {@return each round's ratio, or our figure where there is no peer} */
  List<Double> figures() {
    List<Double> figures = new ArrayList<>();
    for (int i = 0; i < ours.size(); i++) {
      figures.add(hasPeer() ? comparison.share() * ours.get(i) / peers.get(i) : ours.get(i));
    }
    return figures;
  }

  static double median(List<Double> figures) {
    List<Double> sorted = figures.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }
}
