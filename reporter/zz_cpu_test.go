package reporter
import ("testing";"syscall";"time";"sync";"fmt")
func cpu() time.Duration { var u syscall.Rusage; syscall.Getrusage(0,&u); return time.Duration(u.Utime.Nano()+u.Stime.Nano()) }
func TestZZ(t *testing.T) {
	for _, sp := range []struct{n string; g int; rpc bool}{{"root",1,false},{"root",2,false},{"root",4,false},{"rpc",1,true},{"rpc",2,true},{"rpc",4,true}} {
		for round:=0; round<3; round++ {
		s := rootSpan(0x1234567890abcdef); if sp.rpc { s = rpcSpan(0x1234567890abcdef) }
		r := newBatching(t, discard{}, BatchingOptions{NoPacing:true})
		const n = 4_000_000
		c0, t0 := cpu(), time.Now()
		var wg sync.WaitGroup
		for g:=0; g<sp.g; g++ { wg.Add(1); go func(){ defer wg.Done(); for i:=0;i<n/sp.g;i++ { r.Report(s) } }() }
		wg.Wait()
		mustClose(t, r)
		c1, t1 := cpu(), time.Now()
		d := stats(r)
		fmt.Printf("%s g=%d cpu %.0f ns wall %.0f ns sent %.2f%%\n", sp.n, sp.g, float64(c1-c0)/n, float64(t1.Sub(t0))/n, 100*float64(d.Sent)/n)
		}
	}
}
