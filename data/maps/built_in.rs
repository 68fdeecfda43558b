// The maps that are part of the program, by name; the first is the default. A new map is a file beside this one and a
// line here.
&[("dorset", include_str!("dorset.ron"))]
