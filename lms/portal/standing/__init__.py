"""Standing: tiers, the gate and its evidence; the portal's one window on certification."""
