package dev.alcada.advice;

import dev.alcada.advice.Words.Token;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** All words of a tool in a row, in which phrases are found without reading it again. */
final class WordLine {
  private final List<String> words = new ArrayList<>();
  private final Map<String, List<Integer>> places = new HashMap<>();

  void add(String word) {
    for (String part : Words.parts(word)) {
      if (!part.isEmpty()) {
        places.computeIfAbsent(part, p -> new ArrayList<>(1)).add(words.size());
        words.add(part);
      }
    }
  }

  /** Adds words that no phrase joins to those before. */
  void add(List<Token> tokens) {
    add("|");
    tokens.forEach(token -> add(token.word()));
    add("|");
  }

  boolean hasAny(List<List<String>> phrases) {
    for (List<String> phrase : phrases) {
      if (has(phrase)) {
        return true;
      }
    }
    return false;
  }

  private boolean has(List<String> phrase) {
    for (int at : places.getOrDefault(phrase.get(0), List.of())) {
      int end = at + phrase.size();
      if (end <= words.size() && words.subList(at, end).equals(phrase)) {
        return true;
      }
    }
    return false;
  }
}
