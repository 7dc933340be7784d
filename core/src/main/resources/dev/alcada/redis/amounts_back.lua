-- Gives back amounts: exactly what a call added, or nothing. Their layout is told in amounts.lua.
--
-- An entry that is still the reservation's own is found by its bytes. One that is kept together
-- with others lies in the first such entry at or after its stamp, as long as its window lasts; the
-- birth tells whether it is still the same count.

do
  local AMOUNT = 0
  local HEADER, ENTRY = '>I8I8I4I4B', '>I8I4I4c8'
  local TOGETHER = NOBODY
  local CHUNK = 256

  local function least(hi, lo, hi2, lo2)
    if more(hi2, lo2, hi, lo) then
      return hi, lo
    end
    return hi2, lo2
  end

  -- Takes an amount out of the first entry at or after a stamp that several calls share.
  local function takeOfTogether(list, stamp, hi, lo)
    local from = 1
    while true do
      local chunk = call('LRANGE', list, from, from + CHUNK - 1)
      for i, raw in ipairs(chunk) do
        local at, thereHi, thereLo, of = unpack1(ENTRY, raw)
        if at >= stamp and of == TOGETHER then
          hi, lo = least(hi, lo, thereHi, thereLo)
          thereHi, thereLo = minus(thereHi, thereLo, hi, lo)
          if thereHi == 0 and thereLo == 0 then
            call('LSET', list, from + i - 1, 'gone')
            call('LREM', list, 1, 'gone')
          else
            call('LSET', list, from + i - 1, pack(ENTRY, at, thereHi, thereLo, TOGETHER))
          end
          return hi, lo
        end
      end
      if #chunk < CHUNK then
        return 0, 0
      end
      from = from + CHUNK
    end
  end

  local function giveBack(part, calendar, added, length, stamp, birth, own, up, down)
    local head = call('LINDEX', part.list, 0)
    if not head then
      return
    end
    local newest, born, sumHi, sumLo, places = unpack1(HEADER, head)
    local hi, lo = 0, 0
    local exact, share = own, own
    if places < added then
      exact, share = up, down
    end
    if places > added then
      -- In finer units than it was added in: nothing is left of what counted then.
    elseif calendar == 1 then
      if newest == stamp and born == birth then
        hi, lo = least(share[1], share[2], sumHi, sumLo)
      end
    elseif call('LREM', part.list, -1, pack(ENTRY, stamp, exact[1], exact[2], id)) == 1 then
      hi, lo = exact[1], exact[2]
    elseif born == birth and max(reading, newest) - stamp < length then
      hi, lo = takeOfTogether(part.list, stamp, share[1], share[2])
    end
    if hi == 0 and lo == 0 then
      return
    end
    sumHi, sumLo = minus(sumHi, sumLo, hi, lo)
    if sumHi == 0 and sumLo == 0 then
      remove(part)
      return
    end
    call('LSET', part.list, 0, pack(HEADER, newest, born, sumHi, sumLo, places))
    local last = calendar == 0 and unpack1('>I8', call('LINDEX', part.list, -1))
    if last and last < stamp then
      call('ZADD', part.live, last + length, member(part)) -- due the sooner
    end
  end

  kinds[AMOUNT] = {
    -- Returns up to when a later word on the end of the call could give it back.
    finish = function(part, how)
      local _, releasable, calendar, places, length, stamp, birth, hi, lo, upHi, upLo, downHi, downLo =
        unpack1('>BBBBI8I8I8I4I4I4I4I4I4', part.argument)
      if how == CANCELLED or (how == NOT_DONE and releasable == 1) then
        giveBack(part, calendar, places, length, stamp, birth,
          { hi, lo }, { upHi, upLo }, { downHi, downLo })
      elseif how == UNKNOWN and releasable == 1 then
        return stamp + (calendar == 1 and 0 or length)
      end
      return nil
    end,
  }
end
